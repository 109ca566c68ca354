#!/bin/sh
# Makes the Python environments that the end-to-end tests run in, below the
# folder that is given: once, and again when the pinned versions change. Prints
# what it does; exits with 3 where no Python 3.10 or newer is found.
set -eu

here=$(dirname "$0")
folder=$1

python=
for name in python3 python3.13 python3.12 python3.11 python3.10; do
	if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; then
		python=$name
		break
	fi
done
if [ -z "$python" ]; then
	exit 3
fi

for part in emulators sam; do
	pins=$here/requirements-$part.txt
	venv=$folder/venv-$part
	if cmp -s "$pins" "$venv/pins.txt"; then
		continue
	fi
	echo "making $venv (once; about a minute)"
	rm -rf "$venv"
	"$python" -m venv "$venv"
	"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$pins"
	# Last, so that one which was interrupted is made again.
	cp "$pins" "$venv/pins.txt"
done
