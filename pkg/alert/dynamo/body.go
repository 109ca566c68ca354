package dynamo

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

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
	data, err := json.Marshal(in)
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
	return in, nil
}
