package oidc

// A cluster's issuer is its own, so the tenant stands in the URL.
var serviceAccountGrammars = []Grammar{{
	Kind: "service account",
	Text: "system:serviceaccount:<namespace resource>:<service_account resource>",
}}

var serviceAccountPhrases = []string{"service account <service_account> in namespace <namespace>"}

const serviceAccountForm = "Kubernetes subjects read system:serviceaccount:<namespace>:<service account>"

var eks = Issuer{
	Name:  "Amazon EKS",
	Known: true,
	AZP:   AZPNever,
	// Hosts in China end in "amazonaws.com.cn".
	Suffixes:      []string{"oidc.eks.*.amazonaws.com/id/*", "oidc.eks.*.amazonaws.com.cn/id/*"},
	Audiences:     []string{"sts.amazonaws.com"},
	DefaultClaims: usualClaims,
	Form:          serviceAccountForm,
	Grammars:      serviceAccountGrammars,
	Phrases:       serviceAccountPhrases,
	Looks:         kubernetesLooks,
}

var gke = Issuer{
	Name:          "Google Kubernetes Engine",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"container.googleapis.com/v1/projects/*/locations/*/clusters/*"},
	DefaultClaims: usualClaims,
	Form:          serviceAccountForm,
	Grammars:      serviceAccountGrammars,
	Phrases:       serviceAccountPhrases,
	Looks:         kubernetesLooks,
}

// kubernetes is told by its subject alone, which says nothing about azp.
var kubernetes = Issuer{
	Name:          "a Kubernetes cluster that is not in the table",
	DefaultClaims: usualClaims,
	Form:          serviceAccountForm,
	Grammars:      serviceAccountGrammars,
	Phrases:       serviceAccountPhrases,
	Looks:         kubernetesLooks,
}
