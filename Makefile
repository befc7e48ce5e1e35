# Every command sets up what it needs first; nothing outside this folder is changed but the tools' own caches.

PYTHON ?= python3
STACK ?= dev
TARGET ?= sandbox
SANDBOX_HOME ?= $(CURDIR)/.sandbox
export PYTHON STACK TARGET FORMAT SANDBOX_HOME
ifneq ($(CLUSTER),)
export SANDBOX_CLUSTER := $(CLUSTER)
endif
# A sandbox keeps the kind of its clusters for the commands that name none.
CLUSTER_KIND = $(or $(SANDBOX_CLUSTER),$(shell cat '$(SANDBOX_HOME)/cluster-kind' 2>/dev/null))
PARTS = $(if $(filter sandbox,$(TARGET)),$(if $(filter real,$(CLUSTER_KIND)),parts))

# Images of Python set it; here hundreds of processes run the same source, which each of them would compile anew.
unexport PYTHONDONTWRITEBYTECODE

RUN := .venv/bin/python
MAKEFLAGS += --no-print-directory

.DEFAULT_GOAL := help
.PHONY: help setup tools az docs shell preflight up preview refresh destroy outputs access-map test engine chain parts bench check lock generate clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | expand -t 16

setup: .venv/.installed ## Install the pinned Python environment into .venv

tools: setup
	@tools/pulumi/build

up: tools ## Create or update the stack (STACK=dev, TARGET=sandbox|azure, CLUSTER=played|real)
preview: tools ## Show what up would do
refresh: tools ## Bring the state in line with what exists
destroy: tools ## Delete everything the stack made
outputs: tools ## Print the stack's outputs as JSON, and nothing else
access-map: tools ## Print who may become which identity and what it may do (FORMAT=text|json|markdown|html)
up preview refresh destroy outputs access-map: $(PARTS)
	@tools/stack $@

preflight: setup $(PARTS) ## Say what to put right before the first 'make up TARGET=azure' (ARGS='--caller-address …')
	@$(if $(filter azure,$(TARGET)),,$(if $(filter sandbox,$(TARGET)),$(RUN) -m sandbox --,\
	  $(error TARGET must be sandbox or azure; got '$(TARGET)'))) $(RUN) preflight.py $(ARGS)

shell: export CMD := $(value CMD)
shell: tools az $(PARTS) ## A shell in the sandbox in which az and pulumi work (or: make shell CMD='az resource list')
	@tools/shell

az: setup
	@tools/az/install

test: tools az ## Run the tests: units, properties, policies, sandbox, and the core of the real engine
	@$(RUN) -m pytest -n 2 --dist worksteal -m "not slow and not chain"

engine: tools ## Run the full tier of the real engine: every example, every rule, faults (10 minutes)
	@$(RUN) -m pytest -n 2 --dist worksteal -m "slow and not chain"

chain: tools parts az ## Run the trust chain on its real programs (they are built first: about 15 minutes on 2 cores)
	@$(RUN) -m pytest -m chain

parts: setup ## Build the programs of the trust chain into .tools/chain (CHAIN_ASSETS=<folder> takes yours)
	@tools/chain/build

bench: tools ## Print what the components cost over the same registrations by hand, as ratios, and the policies
	@$(RUN) -m bench

check: docs ## Check format, lint, types, pinned requirements, generated documents, the reference
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/pyright
	@tools/python/requirements | diff requirements.txt - || { echo "requirements.txt is out of date: make lock" >&2; exit 1; }
	@$(RUN) -m tests.capabilities --check docs/capabilities.md

docs: setup ## Build the reference of the public names into .docs/index.html
	@$(RUN) tools/docs/public.py
	@NO_MKDOCS_2_WARNING=1 $(RUN) -m mkdocs build --quiet --strict --config-file tools/docs/mkdocs.yml

lock: setup ## Pin the newest versions that pyproject.toml allows
	@.tools/uv/bin/uv lock --upgrade && tools/python/requirements > requirements.txt && tools/az/install pin

generate: setup ## Write what is generated: the stack schema, the policies' documents, the capabilities, an access map, refusals
	@$(RUN) -m tools.docs.stack_schema > Pulumi.stack.schema.json
	@$(RUN) -m aks_workload_identity_policy.document docs/role-verdicts.txt
	@$(RUN) -m tests.policy.documents docs/policies.md
	@$(RUN) -m aks_workload_identity.grants.table docs/grants.md
	@$(RUN) -m tests.example_access_map
	@$(RUN) -m tests.capabilities docs/capabilities.md
	@$(RUN) -m tests.reported docs/refusals.md

clean: ## Remove everything make created
	@rm -rf .venv .tools .sandbox .docs .pytest_cache .ruff_cache .hypothesis .coverage

.venv/.installed: pyproject.toml uv.lock tools/python/install
	@tools/python/install
