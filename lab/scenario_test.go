package lab

import (
	"context"
	"errors"
	"regexp"
	"testing"
)

func TestScenariosAreNamedOnce(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z0-9]+([-.][a-z0-9]+)*$`)
	seen := map[string]bool{}
	for _, s := range Scenarios() {
		if !kebab.MatchString(s.Name) || seen[s.Name] {
			t.Errorf("%q: not a name of its own in kebab-case", s.Name)
		}
		seen[s.Name] = true
		if s.Title == "" || s.Group == "" {
			t.Errorf("%s: title %q, group %q", s.Name, s.Title, s.Group)
		}
		if found, ok := Find(s.Name); !ok || found.Title != s.Title {
			t.Errorf("%s is not found", s.Name)
		}
	}
	if Scenarios()[0].Name != "healthy" {
		t.Error("healthy is not the first")
	}
}

func TestEveryScenarioStarts(t *testing.T) {
	for _, s := range Scenarios() {
		h, err := Start(context.Background(), s, Options{Now: fixedNow})
		if errors.Is(err, errors.ErrUnsupported) {
			t.Logf("%s: %v", s.Name, err)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", s.Name, err)
			continue
		}
		if h.config.HTTP.Reach != Unroutable && (h.HTTPPort == 0 || h.HTTPSPort == 0) {
			t.Errorf("%s: ports %d and %d", s.Name, h.HTTPPort, h.HTTPSPort)
		}
		h.Close()
		h.Close()
	}
}

func TestStartRefusesATakenPort(t *testing.T) {
	h := start(t, "healthy", nil)
	other, err := Start(context.Background(), Scenarios()[0], Options{HTTPPort: h.HTTPPort})
	if err == nil {
		other.Close()
		t.Fatal("two hosts on one port")
	}
}
