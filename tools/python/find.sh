#!/bin/sh
# Prints a Python that is 3.10 or newer and can make virtual environments with
# pip, the first of those that are given or usual. Exits with 1 where there is none.
for name in "$@" python3 python3.13 python3.12 python3.11 python3.10; do
	if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; then
		echo "$name"
		exit 0
	fi
done
exit 1
