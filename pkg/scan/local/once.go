package local

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// once knows what was named, so that a file counts once that lies in two of the
// places: in a folder and by its own name, or as "logs/**" matches each folder
// and what is in it. It holds what was named, and not what lies there.
type once struct{ named map[string]bool } // by real path; true for folders

// realPath is a path without links, by which two names of one place are told.
func realPath(path string) string {
	if to, err := filepath.EvalSymlinks(path); err == nil {
		path = to
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return path
}

// add remembers a place; false where it has been listed.
func (o *once) add(at string, info fs.FileInfo) bool {
	if _, met := o.named[at]; met || o.walked(at) {
		return false
	}
	if o.named == nil {
		o.named = make(map[string]bool)
	}
	o.named[at] = info.IsDir()
	return true
}

// below tells whether what a walk through root comes to was named; at is where
// root is.
func (o *once) below(at, root, path string) bool {
	rest, err := filepath.Rel(root, path)
	_, met := o.named[filepath.Join(at, rest)]
	return err == nil && met
}

// walked tells whether the walk through a folder that was named came by.
func (o *once) walked(at string) bool {
	for above := filepath.Dir(at); ; above = filepath.Dir(above) {
		if o.named[above] && reached(above, at) {
			return true
		}
		if above == filepath.Dir(above) {
			return false
		}
	}
}

// reached tells whether a walk through a folder passes nothing over on its way
// to a place below it.
func reached(root, at string) bool {
	below, err := filepath.Rel(root, at)
	if err != nil {
		return false
	}
	var count passed
	for _, name := range strings.Split(below, string(filepath.Separator)) {
		root = filepath.Join(root, name)
		info, err := os.Lstat(root)
		if err != nil || count.over(root, fs.FileInfoToDirEntry(info)) {
			return false
		}
	}
	return true
}
