# Everything here needs Go and make. What else a target needs, Go fetches and
# builds at the version that tools/go.mod pins. Those for SAM and the emulators of
# AWS need python3 too, and install what tools/python pins into bin/venv.

.DEFAULT_GOAL := help
# The targets of check share the two caches and the machine's cores with each
# other; side by side they are no faster, and their output is not readable.
.NOTPARALLEL:

GO      ?= go
TOOL    := $(GO) tool -modfile=tools/go.mod
BUILD   := CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w"
FUZZTIME ?= 1m
BENCH   ?= .
SIZES   ?= 0.1 1
ROUNDS  ?= 5
IDENTICAL ?= 1000000
LEFT_OUT := bin/left-out
# A comma that does not end an argument of a macro.
comma := ,
# Lambda's names for the two instruction sets that it runs, and Go's.
ARCHITECTURE  ?= arm64
GOARCH_arm64  := arm64
GOARCH_x86_64 := amd64
HOST_ARCHITECTURE := $(subst aarch64,arm64,$(shell uname -m))
PYTHON   ?= python3
SAM      := SAM_CLI_TELEMETRY=0 bin/venv/sam/bin/sam
EVENT    ?= events/prefect-subject.json
# Where no provider can be fetched: TERRAFORM_INIT=-plugin-dir=FOLDER
TERRAFORM_INIT ?=
# timeout(1) is not everywhere; without it govulncheck's own connection limits hold.
BOUNDED := $(shell command -v timeout >/dev/null 2>&1 && echo timeout 300)

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do printf '%-10s %s\n' "$$name" "$$text"; done

.PHONY: run
run: ## explain the case that opens the README
	@$(GO) run ./cmd/whydenied explain events/prefect-subject.json --account events/account.json

.PHONY: test
test: ## run the tests, the fuzz targets on their corpora among them
	$(GO) test ./...

.PHONY: lint
lint: ## run golangci-lint (built from source on first use: a minute or more)
	$(TOOL) golangci-lint run ./...
	$(GO) -C tools tool golangci-lint run --config ../.golangci.yml ./...
	$(GO) -C e2e tool -modfile=../tools/go.mod golangci-lint run --config ../.golangci.yml ./...

.PHONY: vet
vet: ## run go vet
	$(GO) vet ./...

.PHONY: fmt
fmt: ## fail on files that gofmt would change
	@out=$$("$$($(GO) env GOROOT)/bin/gofmt" -l .) || exit 1; \
	if [ -n "$$out" ]; then echo "gofmt would change:"; echo "$$out"; exit 1; fi

.PHONY: tidy
tidy: ## fail if go.mod or go.sum is not tidy
	$(GO) mod tidy -diff

.PHONY: race
race: ## run the tests under the race detector, where a C compiler is found
	@set -- $$($(GO) env CC); \
	if ! command -v "$$1" >/dev/null 2>&1; then \
		$(call left_out,race,no C compiler ($$1) was found); \
	elif ! why=$$(CGO_ENABLED=1 $(GO) list -race runtime 2>&1); then \
		$(call left_out,race,$$why); \
	else \
		echo "CGO_ENABLED=1 $(GO) test -race ./..."; \
		CGO_ENABLED=1 $(GO) test -race -timeout 30m ./...; \
	fi

# govulncheck exits with 3 on a finding. A database that could not be fetched is
# told apart by its message, and only that, or no answer at all, is no failure.
# The tool is built first, outside the time limit.
.PHONY: vuln
vuln: ## run govulncheck, where its database can be reached
	@echo "govulncheck ./..."; \
	tool=$$($(TOOL) -n govulncheck) || exit 1; \
	out=$$($(BOUNDED) "$$tool" ./... 2>&1); status=$$?; \
	case "$$status:$$out" in \
	0:*) echo "$$out" ;; \
	3:*) echo "$$out"; exit 3 ;; \
	124:*) $(call left_out,govulncheck,no answer within five minutes) ;; \
	*"fetching vulnerabilities"*) $(call left_out,govulncheck,its database could not be reached) ;; \
	*) echo "$$out"; exit 1 ;; \
	esac

# The emulators are Python programs, and they run the bootstrap itself, which is
# a Linux binary.
.PHONY: e2e
e2e: ## deploy on emulators of AWS, and follow denials to Slack and SNS
	@if [ "$$(uname -s)" != Linux ]; then \
		$(call left_out,e2e,the bootstrap runs on Linux only); \
	elif ! python=$$(tools/python/find.sh "$(PYTHON)"); then \
		$(call left_out,e2e,no Python 3.10 with venv and pip); \
	else \
		$(MAKE) --no-print-directory venv PYTHON="$$python" && \
		echo "$(GO) -C e2e test -v ." && \
		$(GO) -C e2e vet ./... && $(GO) -C e2e test -v -count=1 -parallel 4 -timeout 20m .; \
	fi

# Not part of check: it fetches 260 MB once, and a Trino server takes its time.
# Java: the one in JAVA, 17 to 23; what Trino 435 runs on later ones is not known.
JAVA ?= java
MVN  ?= mvn
.PHONY: e2e-athena
e2e-athena: ## run the SQL for Athena and CloudTrail Lake on a Trino server
	@version=$$("$(JAVA)" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p'); \
	if [ "$${version:-0}" -lt 17 ] || [ "$$version" -gt 23 ]; then \
		$(call left_out,e2e-athena,no Java between 17 and 23 ($(JAVA) is $${version:-none}; JAVA=PATH names another)); \
	elif [ ! -e bin/trino/installed ] && ! command -v "$(MVN)" >/dev/null 2>&1; then \
		$(call left_out,e2e-athena,no Maven ($(MVN)) to fetch Trino with); \
	else \
		$(MAKE) --no-print-directory bin/trino/installed && \
		echo "$(GO) -C e2e test -v ./athena" && \
		TRINO_JAVA="$(JAVA)" $(GO) -C e2e test -v -count=1 -timeout 30m ./athena; \
	fi

bin/trino/installed: tools/trino/pom.xml
	@echo "fetching Trino into bin/trino" >&2
	@rm -rf bin/trino && $(MVN) -B -q -f tools/trino/pom.xml generate-resources && touch $@

# The page of a scan, in a real browser. PICTURES=1 takes those of docs/scan anew.
.PHONY: browser
browser: ## open a scan's page in a Chromium, which is found or installed
	@if ! chromium=$$(tools/browser/find.sh "$(CURDIR)/bin/chromium"); then \
		$(call left_out,browser,no Chromium was found$(comma) and none could be installed); \
	else \
		echo "CHROMIUM=$$chromium $(GO) -C e2e test ./page" && \
		CHROMIUM="$$chromium" $(GO) -C e2e test -count=1 -timeout 10m ./page $(if $(PICTURES),-update); \
	fi

.PHONY: demo
demo: ## deploy on an emulator of AWS, deny a call, show the alert (EVENT=file)
	@if [ "$$(uname -s)" != Linux ]; then \
		$(call left_out,demo,the bootstrap runs on Linux only); \
	elif ! python=$$(tools/python/find.sh "$(PYTHON)"); then \
		$(call left_out,demo,no Python 3.10 with venv and pip); \
	else \
		$(MAKE) --no-print-directory bin/venv/emulators PYTHON="$$python" && \
		$(GO) -C e2e run ./demo "$(CURDIR)" "$(abspath $(EVENT))"; \
	fi

.PHONY: tools
tools: ## test the programs under tools/
	$(GO) -C tools vet ./...
	$(GO) -C tools test ./...

.PHONY: check
check: ## all that must hold before a merge; prints at the end what was left out
	@mkdir -p bin && : >$(LEFT_OUT)
	@$(MAKE) --no-print-directory --keep-going test vet fmt tidy lint tools race validate e2e browser vuln; status=$$?; \
	echo; \
	if [ $$status -eq 0 ]; then echo "check: passed"; else echo "check: failed"; fi; \
	if [ -s $(LEFT_OUT) ]; then cat $(LEFT_OUT); else echo "nothing was left out"; fi; \
	rm -f $(LEFT_OUT); exit $$status

.PHONY: bench
bench: ## run the benchmarks; BENCH=regexp chooses among them
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem ./...

# Archives are made under bin/bench-scan and kept: 10 GB take some 1.2 GB there.
# Without pip or a network the run goes on, and says that DuckDB was left out.
.PHONY: bench-scan
bench-scan: ## measure scan against gunzip, grep, jq and DuckDB (SIZES="0.1 1 10", GB)
	@$(BUILD) -o bin/whydenied ./cmd/whydenied
	@if python=$$(tools/python/find.sh "$(PYTHON)"); then \
		$(MAKE) --no-print-directory bin/venv/bench PYTHON="$$python" || true; \
	fi
	@$(GO) run ./internal/bench/scan -sizes "$(SIZES)" -rounds $(ROUNDS) -identical $(IDENTICAL)

.PHONY: fuzz
fuzz: ## run each fuzz target for FUZZTIME (1m)
	@for pkg in $$($(GO) list ./...); do \
		list=$$($(GO) test -list '^Fuzz' $$pkg) || { echo "$$list"; exit 1; }; \
		for target in $$(echo "$$list" | grep '^Fuzz'); do \
			echo "$$pkg $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x $$pkg || exit 1; \
		done; \
	done

.PHONY: golden
golden: ## rewrite the golden files; review the difference as the change it is
	@grep -rl --include='*_test.go' --exclude-dir=e2e -e 'golden\.' -e 'sourcetest.Golden' . | while read -r file; do dirname "$$file"; done | sort -u | \
	while read -r dir; do echo "$(GO) test $$dir -update"; $(GO) test "$$dir" -update || exit 1; done

.PHONY: build
build: ## build bin/whydenied, and bin/bootstrap for Lambda
	$(BUILD) -o bin/whydenied ./cmd/whydenied
	GOOS=linux $(BUILD) -tags lambda.norpc -o bin/bootstrap ./lambda

# sam build runs this for the function of template.yaml, by way of the Makefile in
# deploy/build that the parameter Architecture chooses, and sets ARTIFACTS_DIR.
# Nothing but the bootstrap goes in.
.PHONY: build-WhyDenied
build-WhyDenied:
	GOOS=linux GOARCH=$(GOARCH_$(ARCHITECTURE)) $(BUILD) -tags lambda.norpc -o "$(ARTIFACTS_DIR)/bootstrap" ./lambda

# One environment for each file of requirements: SAM's command line and moto
# cannot be installed together.
.PHONY: venv
venv: bin/venv/sam bin/venv/emulators ## install SAM's command line and the emulators of AWS into bin/venv

bin/venv/%: tools/python/%.txt
	@echo "installing $< into $@" >&2
	@rm -rf $@ && $(PYTHON) -m venv $@
	@$@/bin/python -m pip install --quiet --disable-pip-version-check -r $< || { rm -rf $@; exit 1; }
	@touch $@

# Lints for the three partitions, and builds for both instruction sets.
.PHONY: validate
validate: validate-terraform ## lint the templates and the Terraform module, build the function as SAM does
	@if ! python=$$(tools/python/find.sh "$(PYTHON)"); then \
		$(call left_out,validate,no Python 3.10 with venv and pip); \
	else \
		$(MAKE) --no-print-directory bin/venv/sam PYTHON="$$python" && \
		echo "sam validate --lint" && $(SAM) validate --lint --region us-east-1 && \
		for region in us-east-1 cn-north-1 us-gov-west-1; do \
			echo "cfn-lint --regions $$region"; \
			bin/venv/sam/bin/cfn-lint --regions $$region -- template.yaml deploy/member.yaml || exit 1; \
		done && \
		for arch in arm64 x86_64; do \
			echo "sam build, $$arch"; \
			$(SAM) build --build-dir bin/validate --parameter-overrides Architecture=$$arch >bin/validate.log 2>&1 || { cat bin/validate.log; exit 1; }; \
			got=$$(ls bin/validate/WhyDenied); \
			if [ "$$got" != bootstrap ]; then echo "the function would carry: $$got"; exit 1; fi; \
		done; \
	fi

# In a copy, since init leaves its files beside the module. go test holds the
# module to the template, and to terraform fmt, without Terraform.
.PHONY: validate-terraform
validate-terraform:
	@if ! command -v terraform >/dev/null 2>&1; then \
		$(call left_out,terraform validate,no terraform was found); exit 0; \
	fi; \
	echo "terraform fmt -check -recursive deploy/terraform"; \
	terraform fmt -check -recursive deploy/terraform || exit 1; \
	rm -rf bin/terraform && mkdir -p bin && cp -R deploy/terraform bin/terraform || exit 1; \
	for folder in . member examples/single-account examples/organization; do \
		if ! (cd bin/terraform/$$folder && terraform init -backend=false -input=false $(TERRAFORM_INIT) >init.log 2>&1); then \
			if ! grep -q "Failed to query available provider packages" bin/terraform/$$folder/init.log; then cat bin/terraform/$$folder/init.log; exit 1; fi; \
			$(call left_out,terraform validate,its provider for AWS could not be had); exit 0; \
		fi; \
		echo "terraform validate, $$folder"; \
		(cd bin/terraform/$$folder && terraform validate) || exit 1; \
	done

# What runs locally is built apart, since it carries the snapshot.
.PHONY: build-local
build-local: bin/venv/sam
	@$(SAM) build --build-dir bin/local --parameter-overrides Architecture=$(HOST_ARCHITECTURE) >bin/local.log 2>&1 || { cat bin/local.log; exit 1; }
	@cp events/account.json bin/local/WhyDenied/

.PHONY: local
local: ## explain EVENT with sam local invoke, which needs Docker
	@docker info >/dev/null 2>&1 || { echo "make local needs Docker, and none answers. make rie needs none."; exit 1; }
	@$(MAKE) --no-print-directory build-local
	$(SAM) local invoke WhyDenied --template bin/local/template.yaml --parameter-overrides Architecture=$(HOST_ARCHITECTURE) \
		--event "$(EVENT)" --env-vars events/env.json

.PHONY: rie
rie: build-local ## explain EVENT (files) under Lambda's runtime interface emulator, without Docker
	@bin/venv/sam/bin/python tools/python/rie.py bin/local/WhyDenied events/env.json $(EVENT)

.PHONY: package
package: ## zip the Lambda's bootstrap into dist/, for arm64 and amd64
	@for arch in arm64 amd64; do \
		GOOS=linux GOARCH=$$arch $(BUILD) -tags lambda.norpc -o dist/$$arch/bootstrap ./lambda && \
		$(GO) -C tools run ./lambdazip -o "$(CURDIR)/dist/whydenied-lambda-$$arch.zip" "$(CURDIR)/dist/$$arch/bootstrap" || exit 1; \
		echo "dist/whydenied-lambda-$$arch.zip"; \
	done

.PHONY: clean
clean: ## remove bin/ and dist/
	rm -rf bin dist .aws-sam

# left_out says what a check did not do and why: at once, and again when check ends.
define left_out
line="left out: $(1): $(2)"; echo "$$line"; if [ -e $(LEFT_OUT) ]; then echo "$$line" >>$(LEFT_OUT); fi
endef
