#!/bin/sh
# Prints a Chromium that the tests can start: the one that CHROMIUM names, else
# one on the path, else one that it installs into the folder that is given, by
# npm, or by Debian's packages where it may. Exits with 1 where there is none.
#
# What npm has is a package that carries the browser for machines without one.
# Its content is pinned, and none of its code is run: it is unpacked, and started
# as one process, which is all that it can be.
folder=$1
package=@sparticuz/chromium@153.0.0
sum=20e5656fcdcf4118ede85edfb9d6bb9cc1bbb7ffb8b75622fffbcf36a835c3c0

usable() { "$1" --version >/dev/null 2>&1; }

for name in "$CHROMIUM" chromium chromium-browser google-chrome "$folder/run"; do
	if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 && usable "$name"; then
		command -v "$name"
		exit 0
	fi
done

unpack() {
	rm -rf "$folder" && mkdir -p "$folder" && cd "$folder" || return 1
	archive=$(npm pack --silent --ignore-scripts --fetch-retries=1 --fetch-timeout=60000 "$package") || return 1
	echo "$sum  $archive" | sha256sum -c - || return 1
	tar -xzf "$archive" && rm "$archive" || return 1
	for part in chromium swiftshader.tar fonts.tar al2023.tar; do
		node -e 'const fs = require("fs"); fs.createReadStream(process.argv[1]).pipe(require("zlib").createBrotliDecompress()).pipe(fs.createWriteStream(process.argv[2]))' \
			"package/bin/$part.br" "$part" || return 1
	done
	chmod +x chromium && for part in *.tar; do tar -xf "$part" && rm "$part" || return 1; done
	rm -rf package
	cat >fonts.conf <<-CONF
		<?xml version="1.0"?>
		<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
		<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>$folder/fonts</dir><cachedir>$folder/cache</cachedir></fontconfig>
	CONF
	cat >run <<-RUN
		#!/bin/sh
		export LD_LIBRARY_PATH="$folder/lib" FONTCONFIG_FILE="$folder/fonts.conf"
		exec "$folder/chromium" "\$@" --single-process --no-zygote --disable-webgl
	RUN
	chmod +x run && usable "$folder/run"
}

if [ "$(uname -sm)" = "Linux x86_64" ] && command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1; then
	echo "installing $package into $folder" >&2
	if (unpack) >&2; then
		echo "$folder/run"
		exit 0
	fi
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
	echo "installing Debian's chromium" >&2
	if (apt-get update -q && apt-get install -qy --no-install-recommends chromium) >&2 && usable chromium; then
		command -v chromium
		exit 0
	fi
fi
exit 1
