#!/bin/sh
# Installs notes with its manual and completions below PREFIX, and lists there what it made, so that
# `install.sh --uninstall` removes just that. Your notes are somewhere else, and stay.
set -eu

usage='usage: [PREFIX=DIRECTORY] install.sh [--uninstall]
PREFIX is ~/.local unless it is set; /usr/local is for all users.'
action=install
case ${1-} in
    '') ;;
    --uninstall) action=uninstall ;;
    -h | --help) echo "$usage"; exit ;;
    *) echo "$usage" >&2; exit 2 ;;
esac

here=$(cd "$(dirname "$0")" && pwd)
program=${PROGRAM:-$here/notes}
prefix=${PREFIX:-$HOME/.local}
root=${DESTDIR-}$prefix
documents=share/doc/notes
installed=$documents/installed

# Makes a directory below PREFIX, and lists it and those above it that were not there.
make_directory() {
    [ -d "$root/$1" ] && return
    make_directory "$(dirname "$1")"
    mkdir "$root/$1"
    echo "$1/" >>"$list"
}

# install_file MODE SOURCE TARGET: the target takes the place of an old one at once, even while that runs.
install_file() {
    make_directory "$(dirname "$3")"
    cp "$2" "$root/$3.new"
    chmod "$1" "$root/$3.new"
    mv -f "$root/$3.new" "$root/$3"
    echo "$3" >>"$list"
}

# Removes what the list given names: the files, and the directories that are empty then, the last first.
remove_listed() {
    sed '1!G;h;$!d' "$1" | while IFS= read -r path; do
        case $path in
            */) rmdir "$root/$path" 2>/dev/null || : ;;
            *) rm -f "$root/$path" ;;
        esac
    done
}

if [ "$action" = uninstall ]; then
    if ! [ -f "$root/$installed" ]; then
        echo "install.sh: notes is not installed below $prefix; set PREFIX to where it is" >&2
        exit 1
    fi
    # The list and this script are among what it names.
    list=$(mktemp)
    trap 'rm -f "$list"' EXIT
    cat "$root/$installed" >"$list"
    remove_listed "$list"
    echo "removed notes from $prefix; your notes stay"
    exit
fi

if ! [ -x "$program" ]; then
    echo "install.sh: $program is missing; unpack the archive again, or in a clone: make install" >&2
    exit 1
fi
list=$(mktemp)
trap 'rm -f "$list"' EXIT
if ! [ -d "$root" ]; then
    mkdir -p "$root"
    echo / >>"$list"
fi
# An old version: what it made is removed in the end with what is made now, or now, if it is not made again.
old=$list.old
trap 'rm -f "$list" "$old"' EXIT
cat "$root/$installed" >"$old" 2>/dev/null || :
grep '/$' "$old" >>"$list" || :
make_directory "$documents"
install_file 755 "$program" bin/notes
for page in "$here"/man/*.1; do
    install_file 644 "$page" "share/man/man1/${page##*/}"
done
install_file 644 "$here/completions/notes.bash" share/bash-completion/completions/notes
install_file 644 "$here/completions/_notes" share/zsh/site-functions/_notes
install_file 644 "$here/completions/notes.fish" share/fish/vendor_completions.d/notes.fish
for document in LICENSE THIRD-PARTY.md README.md CHANGELOG.md docs/SKILL.md; do
    [ ! -f "$here/$document" ] || install_file 644 "$here/$document" "$documents/${document##*/}"
done
install_file 755 "$here/install.sh" "$documents/install.sh"
echo "$installed" >>"$list"
grep -vxF -f "$list" "$old" | while IFS= read -r path; do rm -f "$root/$path"; done
cp "$list" "$root/$installed"
chmod 644 "$root/$installed"

echo "installed $prefix/bin/notes; to remove it: PREFIX='$prefix' sh '$prefix/$documents/install.sh' --uninstall"
case :$PATH: in
    *:"$prefix/bin":*) ;;
    *) echo "$prefix/bin is not in your PATH; add it, for example in ~/.profile" ;;
esac
if ! command -v redis-server >/dev/null && ! command -v valkey-server >/dev/null; then
    echo 'notes needs a Redis or Valkey server: apt install redis-server, dnf install valkey, brew install redis'
fi
