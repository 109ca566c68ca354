package dynamo

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/klauspost/compress/gzip"

	"whydenied/pkg/alert"
)

// gzipFrom is from how many bytes on a body is compressed. A smaller one can be
// read in the console, and costs the same few units either way.
const gzipFrom = 4 << 10

// encode makes the attribute that holds an incident: JSON as text, or gzip of
// it as bytes.
func encode(in alert.Incident) (types.AttributeValue, error) {
	data, err := json.Marshal(eachString(reflect.ValueOf(in), escape).Interface())
	if err != nil {
		return nil, err
	}
	if len(data) < gzipFrom {
		return str(string(data)), nil
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return &types.AttributeValueMemberB{Value: out.Bytes()}, nil
}

func decode(body types.AttributeValue) (alert.Incident, error) {
	var data []byte
	switch body := body.(type) {
	case *types.AttributeValueMemberS:
		data = []byte(body.Value)
	case *types.AttributeValueMemberB:
		r, err := gzip.NewReader(bytes.NewReader(body.Value))
		if err != nil {
			return alert.Incident{}, err
		}
		if data, err = io.ReadAll(r); err != nil {
			return alert.Incident{}, err
		}
	default:
		return alert.Incident{}, errors.New("it has no body")
	}
	var in alert.Incident
	if err := json.Unmarshal(data, &in); err != nil {
		return alert.Incident{}, err
	}
	if bytes.Contains(data, []byte(mark)) {
		reflect.ValueOf(&in).Elem().Set(eachString(reflect.ValueOf(in), unescape))
	}
	return in, nil
}

// mark stands before two hexadecimal digits for a byte that is no UTF-8, as a
// value that was cut may end in: JSON has no way to say it. It is U+FDD0, a
// code point that Unicode keeps free of meaning; itself is marked too.
const mark = "\ufdd0"

func escape(s string) string {
	if utf8.ValidString(s) && !strings.Contains(s, mark) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		part := s[i : i+n]
		i += n
		if part != mark && (r != utf8.RuneError || n > 1) {
			b.WriteString(part)
			continue
		}
		for _, c := range []byte(part) {
			fmt.Fprintf(&b, "%s%02x", mark, c)
		}
	}
	return b.String()
}

func unescape(s string) string {
	first, rest, marked := strings.Cut(s, mark)
	if !marked {
		return s
	}
	out := []byte(first)
	for part := range strings.SplitSeq(rest, mark) {
		if len(part) < 2 {
			return s // nobody escaped it
		}
		c, err := hex.DecodeString(part[:2])
		if err != nil {
			return s
		}
		out = append(append(out, c...), part[2:]...)
	}
	return string(out)
}

// eachString is a copy of a value in which f was applied to each string, also
// to the keys of maps.
func eachString(v reflect.Value, f func(string) string) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.String:
		out.SetString(f(v.String()))
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(eachString(v.Elem(), f))
		}
	case reflect.Slice:
		if v.IsNil() || v.Type().Elem().Kind() == reflect.Uint8 {
			break // bytes are no text: JSON takes them as they are
		}
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(eachString(v.Index(i), f))
		}
	case reflect.Map:
		if v.IsNil() {
			break
		}
		out.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
		for key, value := range v.Seq2() {
			out.SetMapIndex(eachString(key, f), eachString(value, f))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			break
		}
		for i := range v.NumField() {
			out.Field(i).Set(eachString(v.Field(i), f))
		}
	default: // it holds no string
	}
	return out
}
