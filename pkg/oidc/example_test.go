package oidc_test

import (
	"fmt"

	"whydenied/pkg/oidc"
)

// A record's provider and subject, read for a person.
func Example() {
	provider, err := oidc.ParseProvider("arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com")
	if err != nil {
		fmt.Println(err)
		return
	}
	subject := "repo:octo-org/api:environment:production"
	issuer := oidc.Lookup(provider.Suffix, subject)
	reading, _ := issuer.Read(subject)
	fmt.Println(issuer.Name)
	fmt.Println(reading)
	// Output:
	// GitHub Actions
	// repository octo-org/api, environment production
}

// What a trust policy asks for, in the same words as what a token said.
func ExampleIssuer_ReadPattern() {
	prefect := oidc.Lookup("api.prefect.cloud/oidc-provider", "")
	fmt.Println(prefect.ReadPattern("prefect:cloud:3f2a9c1e"))
	fmt.Println(prefect.Form)

	gitHub := oidc.Lookup("token.actions.githubusercontent.com", "")
	fmt.Println(gitHub.ReadPattern("repo:octo-org/*:ref:refs/heads/main"))
	// Output:
	// unreadable: prefect:cloud:3f2a9c1e
	// Prefect Cloud's subjects read prefect:account:<account id>
	// repository octo-org/*, branch main
}

func ExampleParseProvider() {
	_, err := oidc.ParseProvider("arn:aws:iam::111122223333:oidc-provider/https://gitlab.com")
	fmt.Println(err)
	// Output:
	// "arn:aws:iam::111122223333:oidc-provider/https://gitlab.com": has a scheme in the issuer, expected it without "https://"
}
