package storetest

import (
	"fmt"
	"reflect"

	"whydenied/pkg/alert"
)

// id is the ID of the incident with a number.
func id(n int) string { return fmt.Sprintf("%012x", n+1) }

// scribble changes all that an incident shares with its copies.
func scribble(in *alert.Incident) { scribbleOn(reflect.ValueOf(in).Elem()) }

func scribbleOn(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			scribbleOn(v.Index(i))
			v.Index(i).SetZero()
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			v.SetMapIndex(key, reflect.Zero(v.Type().Elem()))
		}
	case reflect.Pointer:
		scribbleOn(v.Elem())
		v.Elem().SetZero()
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				scribbleOn(v.Field(i))
			}
		}
	default: // a value of its own in each copy
	}
}
