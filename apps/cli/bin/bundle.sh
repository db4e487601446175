#!/bin/sh
# `elucidate` out of a bundle, with the Node and the libraries that lie beside it. Needs a shell, and only for a link to it also readlink.
self=$0
[ -L "$self" ] && self=$(readlink -f "$self")
case $self in */*) ;; *) self=./$self ;; esac
here=$(cd "${self%/*}" && pwd)
[ -d "$here/lib" ] && export LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
exec "$here/bin/node" "$here/apps/cli/bin/bundled.mjs" "$@"
