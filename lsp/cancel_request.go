package lsp

import (
	"encoding/json"
	"fmt"

	"go.uber.org/zap"
)

// cancelRequest ends the request of that id, which answers -32800. One that has answered is left alone.
func (s *server) cancelRequest(params json.RawMessage) error {
	var p struct {
		ID json.RawMessage `json:"id"`
	}
	if err := decode(params, &p); err != nil {
		return err
	}
	id, ok := requestID(p.ID)
	if !ok {
		return fmt.Errorf("no request has the id %.40q", p.ID)
	}
	if !s.requests.Cancel(id, errClientCancelled) {
		s.log.Debug("there is nothing to cancel", zap.String("id", fmt.Sprint(id)))
	}
	return nil
}
