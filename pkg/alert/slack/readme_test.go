package slack_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The message that the README shows is one that is posted, but for the links'
// addresses and for what is bold in line 1.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	golden, err := os.ReadFile("testdata/2-environment.bot.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(string(golden), "\n\n")[1]
	want = regexp.MustCompile(`\[(role|event)\]\([^)]*\)`).ReplaceAllString(want, "$1")
	want = strings.Replace(want, "«sub does not match»", "sub does not match", 1)
	if !strings.Contains(string(readme), "```\n"+want+"\n```") {
		t.Errorf("the README does not show\n%s", want)
	}
}
