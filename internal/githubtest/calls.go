package githubtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// GitHub's limits of a check run. That of the summary is in bytes.
const (
	mostTitle   = 255
	mostSummary = 65_535
)

var conclusions = []string{"action_required", "failure", "neutral", "success", "skipped", "timed_out"}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	bearer, is := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	wrong := headers(r)
	parts := strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	switch {
	case wrong != "":
		refuse(w, http.StatusBadRequest, wrong)
	case !is:
		refuse(w, http.StatusUnauthorized, "Requires authentication")
	case parts[0] == "app" || len(parts) == 4 && parts[3] == "installation":
		if wrong := s.app(bearer); wrong != "" {
			refuse(w, http.StatusUnauthorized, wrong)
			return
		}
		s.asApp(w, r, parts)
	case parts[0] == "repos" && len(parts) >= 3:
		s.asInstallation(w, r, bearer, parts)
	default:
		refuse(w, http.StatusNotFound, "Not Found")
	}
}

// asApp answers what an app asks by its JWT.
func (s *Server) asApp(w http.ResponseWriter, r *http.Request, parts []string) {
	switch {
	case r.Method == http.MethodGet && len(parts) == 1:
		answer(w, http.StatusOK, map[string]any{"id": 1, "name": "whydenied"})
	case r.Method == http.MethodGet && parts[0] == "repos":
		known, ok := s.config.Repositories[parts[1]+"/"+parts[2]]
		switch {
		case ok && known.Moved:
			w.Header().Set("Location", "/repositories/1/installation")
			refuse(w, http.StatusMovedPermanently, "Moved Permanently")
		case !ok || !known.Installed:
			refuse(w, http.StatusNotFound, "Not Found")
		default:
			answer(w, http.StatusOK, map[string]any{"id": 77})
		}
	case r.Method == http.MethodPost && r.URL.Path == "/app/installations/77/access_tokens":
		s.token(w, r)
	default:
		refuse(w, http.StatusNotFound, "Not Found")
	}
}

// token makes one for the repositories and permissions that are asked for.
// Whoever asks for none in particular would get all, which nothing here wants.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Repositories []string          `json:"repositories"`
		Permissions  map[string]string `json:"permissions"`
	}
	if json.NewDecoder(r.Body).Decode(&body) != nil || len(body.Repositories) != 1 || len(body.Permissions) == 0 {
		refuse(w, http.StatusBadRequest, "expected one repository, and permissions")
		return
	}
	for name, level := range body.Permissions {
		if granted := s.config.Granted[name]; granted != level && granted != "write" {
			refuse(w, http.StatusUnprocessableEntity, "The permissions requested are not granted to this installation.")
			return
		}
	}
	value := fmt.Sprintf("ghs_%d", len(s.tokens)+1)
	s.tokens[value] = grant{body.Repositories, body.Permissions, s.config.Now().Add(good)}
	answer(w, http.StatusCreated, map[string]any{"token": value, "expires_at": s.config.Now().Add(good).UTC()})
}

// asInstallation answers what is asked with a token.
func (s *Server) asInstallation(w http.ResponseWriter, r *http.Request, bearer string, parts []string) {
	name, rest := parts[1]+"/"+parts[2], parts[3:]
	known := s.config.Repositories[name]
	permission, level := "metadata", "read"
	switch {
	case len(rest) > 0 && rest[0] == "commits" && len(rest) == 2:
		permission = "contents"
	case len(rest) > 0:
		permission = "checks"
	}
	if r.Method != http.MethodGet {
		level = "write"
	}
	if status, message := s.may(bearer, parts[2], permission, level); status != 0 {
		refuse(w, status, message)
		return
	}
	switch {
	case r.Method == http.MethodGet && len(rest) == 0:
		answer(w, http.StatusOK, map[string]any{"full_name": name, "default_branch": known.Default})
	case r.Method == http.MethodGet && permission == "contents":
		commit(w, r, known, rest[1])
	case r.Method == http.MethodGet && len(rest) == 3 && rest[0] == "commits" && rest[2] == "check-runs":
		s.list(w, r, name, rest[1])
	case r.Method == http.MethodPost && len(rest) == 1 && rest[0] == "check-runs":
		s.create(w, r, name, known)
	case r.Method == http.MethodPatch && len(rest) == 2 && rest[0] == "check-runs":
		s.update(w, r, name, rest[1])
	default:
		refuse(w, http.StatusNotFound, "Not Found")
	}
}

func commit(w http.ResponseWriter, r *http.Request, known Repository, escaped string) {
	ref, err := url.PathUnescape(escaped)
	branch, is := strings.CutPrefix(ref, "heads/")
	sha := known.Branches[branch]
	switch {
	case len(known.Branches) == 0:
		refuse(w, http.StatusConflict, "Git Repository is empty.")
	case err != nil || !is || sha == "":
		refuse(w, http.StatusUnprocessableEntity, "No commit found for SHA: "+ref)
	case r.Header.Get("Accept") == "application/vnd.github.sha":
		_, _ = io.WriteString(w, sha) // the caller may be gone
	default:
		answer(w, http.StatusOK, map[string]any{"sha": sha})
	}
}

func (s *Server) create(w http.ResponseWriter, r *http.Request, name string, known Repository) {
	var body Body
	wrong := read(r, &body)
	exists := false
	for _, sha := range known.Branches {
		exists = exists || sha == body.SHA
	}
	switch {
	case wrong != "":
		refuse(w, http.StatusUnprocessableEntity, wrong)
	case !exists:
		refuse(w, http.StatusUnprocessableEntity, "No commit found for SHA: "+body.SHA)
	default:
		run := &Run{ID: int64(1000 + len(s.runs)), Repository: name, Body: body}
		s.runs = append(s.runs, run)
		answer(w, http.StatusCreated, map[string]any{"id": run.ID, "external_id": run.External})
	}
}

func (s *Server) update(w http.ResponseWriter, r *http.Request, name, id string) {
	at := slices.IndexFunc(s.runs, func(run *Run) bool { return run.Repository == name && strconv.FormatInt(run.ID, 10) == id })
	if at < 0 {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	run := s.runs[at]
	body := Body{SHA: run.SHA}
	if wrong := read(r, &body); wrong != "" || body.SHA != run.SHA {
		refuse(w, http.StatusUnprocessableEntity, wrong)
		return
	}
	run.Body = body
	run.Edits++
	answer(w, http.StatusOK, map[string]any{"id": run.ID})
}

func (s *Server) list(w http.ResponseWriter, r *http.Request, name, sha string) {
	found := []map[string]any{}
	for _, run := range s.runs {
		if run.Repository == name && run.SHA == sha && run.Name == r.URL.Query().Get("check_name") {
			found = append(found, map[string]any{"id": run.ID, "external_id": run.External})
		}
	}
	answer(w, http.StatusOK, map[string]any{"total_count": len(found), "check_runs": found})
}

// read takes a check run, and says what is wrong with it.
func read(r *http.Request, body *Body) string {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields() // GitHub passes over them; a wrong one would be lost
	switch err := d.Decode(body); {
	case err != nil:
		return "Problems parsing JSON: " + err.Error()
	case body.Name == "" || body.Status != "completed" || !slices.Contains(conclusions, body.Conclusion):
		return "Invalid request."
	case body.Output.Title == "" || body.Output.Summary == "":
		return "Invalid request. \"title\", \"summary\" weren't supplied."
	case utf8.RuneCountInString(body.Output.Title) > mostTitle:
		return "title is too long (maximum is 255 characters)"
	case len(body.Output.Summary) > mostSummary:
		return "summary exceeds a maximum bytesize of 65535"
	}
	return ""
}
