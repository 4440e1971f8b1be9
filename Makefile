# hawatch. Start with `make demo` and `make test`.

PREFIX   ?= /usr/local
DESTDIR  ?=
VERSION  := 0.1.0
REVISION := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)

# One tree of objects per variant: plain, asan (with UBSan), tsan, clang, unsigned (char, as on aarch64), fuzz (with
# libFuzzer), mutants, coverage.
VARIANT ?= plain
B ?= build
PLAIN_B := $(B)
override B := $(B)$(if $(filter plain,$(VARIANT)),,/$(VARIANT))

PKGS := libmicrohttpd libcjson libcurl yaml-0.1 gnutls zlib
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
WARN := -Wall -Wextra -Wformat=2 -Wconversion -Wimplicit-fallthrough -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Werror=format-security -Werror=implicit -Werror=incompatible-pointer-types \
	-Werror=int-conversion $(WERROR)
HARD_x86_64  := -fcf-protection=full
HARD_aarch64 := -mbranch-protection=standard
# In every variant: values are compared byte by byte, with the holes between their members.
ZERO := -ftrivial-auto-var-init=zero
HARD := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection \
	$(ZERO) -fno-delete-null-pointer-checks -fno-strict-overflow \
	-fno-strict-aliasing -fexceptions -fPIE $(HARD_$(shell uname -m))
LINK := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,nodlopen -Wl,--as-needed
IS_SANITIZED := $(filter asan tsan,$(VARIANT))
ifneq ($(IS_SANITIZED),)
HARD := -fPIE -fno-omit-frame-pointer $(ZERO)
CFLAGS ?= -O1 -g1
endif
# For mutants the core is a shared library, so that a changed core does not relink every test.
CORE := $(B)/libcore.a
ifeq ($(VARIANT),mutants)
HARD := -fPIC $(ZERO)
CORE := $(B)/libcore.so
endif
# Without ZERO, which would hide what nobody has set.
ifeq ($(VARIANT),msan)
CC := clang
HARD := -fPIE -fno-omit-frame-pointer
CFLAGS ?= -O1 -g1
endif
ifeq ($(VARIANT),coverage)
HARD := -fPIE $(ZERO)
endif
SAN_asan := -fsanitize=address,undefined -fno-sanitize-recover=all
SAN_tsan := -fsanitize=thread
SAN_msan := -fsanitize=memory -fsanitize-memory-track-origins
SAN_coverage := -O0 --coverage
SAN_unsigned := -funsigned-char
SAN_fuzz := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
ifeq ($(VARIANT),fuzz)
HARD := -fPIE -fno-omit-frame-pointer $(ZERO)
CFLAGS ?= -O1 -g
endif
ifneq ($(filter clang fuzz,$(VARIANT)),)
CC := clang
# clang 14 needs this option for -ftrivial-auto-var-init=zero.
HARD += -enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang
endif

CFLAGS  ?= -O2 -g
override CFLAGS  += -std=c11 $(WARN) $(HARD) $(SAN_$(VARIANT)) -fdebug-prefix-map=$(CURDIR)=. -MMD -MP
override LDFLAGS += $(LINK) $(SAN_$(VARIANT))
# The compiler spends most of its time on what the sanitizers add. Nothing in these is slow.
$(if $(IS_SANITIZED),$(B)/obj/tests/unit/%.o $(B)/obj/tests/fuzz/%.o): override CFLAGS += -O0
override CPPFLAGS += -Ilib -Idaemon -DHAWATCH_VERSION='"$(VERSION)"' -DHAWATCH_REVISION='"$(REVISION)"' \
	-DHAWATCH_SHARE='"$(PREFIX)/share/hawatch"' $(PKG_CFLAGS)
CORE_LIBS := -lcjson -lyaml -lz -lm
LDLIBS   += -lmicrohttpd -lgnutls -lcurl -lcrypt $(CORE_LIBS) -lpthread

FUZZ     := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
MODEL    := $(B)/model/reachable $(B)/model/oracle $(B)/model/schedule
RULES    := $(B)/rules/fuzz
DST      := $(B)/dst/dst
BENCHES  := $(patsubst tests/bench/%.c,$(B)/bench/%,$(wildcard tests/bench/*.c))

# `make V=1` shows the commands themselves.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-4s %s\n' '$(1)' '$@')

obj = $(patsubst %.c,$(B)/obj/%.o,$(1))
# Sorted: wildcard sorts by the user's language, and the order of the objects shows in the program.
LIB_O    := $(call obj,$(sort $(wildcard lib/*/*.c))) $(B)/obj/runbook.o
ROOMS    := os fetch auth poll shared loop serve
DAEMON_O := $(call obj,daemon/hawatchd.c daemon/first.c daemon/flags.c $(sort $(wildcard $(ROOMS:%=daemon/%/*.c))))
CLIENT_O := $(call obj,$(sort $(wildcard daemon/cli/*.c)) daemon/os/files.c)
SIM_O    := $(call obj,$(sort $(wildcard tests/sim/*.c)))
UNIT     := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/test_*.c))

.SECONDEXPANSION:
all: $(B)/hawatchd $(B)/hawatch $(B)/hawatch-sim

$(B)/hawatchd: $(DAEMON_O) $(B)/libcore.a
$(B)/hawatch: $(CLIENT_O) $(B)/libcore.a
LINKED := $(B)/hawatchd $(B)/hawatch
# What is not tested itself. The simulator's services are sanitized in $(B)/dst/dst.
TOOLS := $(addprefix $(B)/,test-proxy test-canned test-flood test-tool test-ask test-world test-clock.so test-faults.so)
HELPERS := $(TOOLS) $(B)/test-kubeconfig
ifeq ($(IS_SANITIZED),)
LINKED += $(B)/hawatch-sim
$(B)/hawatch-sim: $(SIM_O)
else
$(B)/hawatch-sim $(TOOLS) &: FORCE
	$(Q)$(MAKE) --no-print-directory VARIANT=plain B=$(PLAIN_B) $(patsubst $(B)/%,$(PLAIN_B)/%,$(B)/hawatch-sim $(TOOLS))
	$(Q)mkdir -p $(B)
	$(Q)ln -f $(patsubst $(B)/%,$(PLAIN_B)/%,$(B)/hawatch-sim $(TOOLS)) $(B)
endif
$(LINKED):
	$(call say,LINK)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/libcore.a: $(LIB_O)
	$(call say,AR)
	$(Q)$(RM) $@ && $(AR) rcs $@ $^

$(B)/libcore.so: $(LIB_O)
	$(call say,LINK)
	$(Q)$(CC) -shared -Wl,-soname,$(@F) -o $@ $^ $(CORE_LIBS)

$(B)/unit/%: $(B)/obj/tests/unit/%.o $(CORE)
	$(call say,LINK)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(CORE_LIBS)

# Tests of rooms of the daemon.
ROOM_TESTS := $(addprefix $(B)/unit/test_,clients fetch fetch_turn held listen log passwords request_rate)
$(ROOM_TESTS): $(B)/unit/%: $(B)/obj/tests/unit/%.o $(filter-out $(B)/obj/daemon/hawatchd.o,$(DAEMON_O)) $(CORE)
	$(call say,LINK)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

# What a target needs of the daemon and of the command. In the variant `fuzz` libFuzzer chooses the inputs.
FUZZ_answer      := daemon/cli/answer.c daemon/cli/screen.c daemon/cli/table.c
FUZZ_certificate := daemon/os/certificate.c
FUZZ_order       := daemon/shared/order.c daemon/os/log.c daemon/os/clock.c
$(B)/fuzz/fuzz_certificate: CORE_LIBS += -lgnutls
ifeq ($(VARIANT),fuzz)
FUZZ_ENGINE := -fsanitize=fuzzer
# What tests/fuzz/libs.sh has built takes the place of Debian's libraries.
FUZZ_LIBS := $(wildcard $(B)/libs/*.a)
else
FUZZ_MAIN := $(B)/obj/tests/fuzz/replay.o
endif
$(B)/fuzz/fuzz_%: $(B)/obj/tests/fuzz/fuzz_%.o $(FUZZ_MAIN) $$(call obj,$$(FUZZ_$$*)) $(B)/libcore.a $(FUZZ_LIBS)
	$(call say,LINK)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) $(FUZZ_ENGINE) -o $@ $^ $(CORE_LIBS)

$(B)/bench/% $(B)/model/% $(B)/rules/%: $(B)/obj/tests/$$(notdir $$(@D))/%.o $(CORE)
	$(call say,LINK)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(CORE_LIBS)

$(B)/bench/static_server: CORE_LIBS += -lmicrohttpd

# The whole loop on a virtual clock. tests/sim and the core have functions of the same names, so the world keeps its own.
DST_SIM := $(call obj,$(addprefix tests/sim/,answer.c auth.c core.c custom.c edit.c fault.c kube.c knobs.c list.c nodes.c \
	objects.c spot.c state.c text.c workloads.c) tests/dst/services.c tests/dst/world.c)
DST_O := $(call obj,$(addprefix tests/dst/,alone.c child.c documents.c invariants.c kept.c known.c machine.c main.c net.c process.c replayed.c storm.c) \
	$(filter-out daemon/fetch/fetch.c daemon/fetch/fetch_inflate.c daemon/fetch/fetch_lookup.c daemon/fetch/fetch_memory.c daemon/fetch/fetch_peer.c daemon/fetch/fetch_reason.c daemon/shared/state_writer.c, \
	$(foreach room,fetch auth poll shared loop,$(wildcard daemon/$(room)/*.c))) \
	$(filter-out $(addprefix daemon/os/,child.c clock.c file_stamp.c random.c log.c process.c),$(wildcard daemon/os/*.c)))
$(B)/dst/world.o: $(DST_SIM)
	$(call say,LINK)
	$(Q)mkdir -p $(@D)
	$(Q)$(LD) -r -o $@ $^ && objcopy --wildcard --keep-global-symbol='world*' --keep-global-symbol=truth_names $@
$(B)/dst/dst: $(DST_O) $(B)/dst/world.o $(CORE)
	$(call say,LINK)
	$(Q)$(CC) $(LDFLAGS) -Wl,--wrap=certificate_read -o $@ $^ $(LDLIBS)

# The manual: its sources, with what the programs themselves tell about their options, commands, keys and metrics.
MAN := $(patsubst config/man/%,$(B)/man/%,$(wildcard config/man/*.[1578]))
man: $(MAN)
$(B)/man/%: config/man/% config/man/make.sh $(wildcard config/man/*.awk) $(B)/hawatchd $(B)/hawatch $(B)/man-tables
	$(call say,MAN)
	$(Q)mkdir -p $(@D)
	$(Q)config/man/make.sh $(B) $< >$@.new && mv $@.new $@
$(B)/man-tables: $(call obj,config/man/tables.c) $(CORE)
	$(call say,LINK)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(CORE_LIBS)

# These contain the revision or the prefix, so they are rebuilt when one changes.
$(call obj,daemon/flags.c daemon/first.c daemon/hawatchd.c daemon/loop/fill_view.c daemon/cli/main.c lib/render/doctor_side.c tests/unit/test_report.c): $(B)/revision
$(B)/revision: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)echo '$(REVISION) $(PREFIX)' | cmp -s - $@ || echo '$(REVISION) $(PREFIX)' >$@

# `hawatch explain` and the page contain the runbook: the bytes of the file, as render/runbook.h declares them.
$(B)/obj/runbook.c: config/runbook.md
	$(Q)mkdir -p $(@D)
	$(Q){ printf '#include "render/runbook.h"\nconst char runbook_text[] =\n'; \
		od -An -v -to1 $< | sed 's/ /\\/g; s/.*/"&"/'; echo ';'; } >$@
$(B)/obj/runbook.o: $(B)/obj/runbook.c
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/obj/%.o: %.c
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

ifeq ($(IS_SANITIZED),)
# A proxy for the tests of credentials; no Debian package replaces it.
$(B)/test-proxy: $(call obj,tests/e2e/proxy.c)
	$(call say,LINK)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

# A daemon with canned answers, complete and damaged, for the tests of the command `hawatch`.
$(B)/test-canned: $(call obj,tests/e2e/canned.c)
	$(call say,LINK)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

# Many clients at once, who behave badly, for the tests of the HTTP server's limits.
$(B)/test-flood: $(call obj,tests/e2e/flood.c)
	$(call say,LINK)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

# What the fault catalogue does to a running daemon.
$(B)/test-tool: $(call obj,tests/e2e/catalogue/tool.c)
	$(call say,LINK)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

# The clock of the end-to-end tests, its keeper, and what asks servers: as these two are started thousands of times, they
# are linked statically.
$(B)/test-ask: tests/e2e/ask.c
$(B)/test-world: tests/world/world.c tests/world/levers.c tests/world/levers.h
$(B)/test-ask $(B)/test-world: SHARED := -static
$(B)/test-clock.so: tests/world/clock.c tests/world/levers.c tests/world/levers.h
$(B)/test-faults.so: tests/world/faults.c tests/world/levers.c tests/world/levers.h
$(B)/test-clock.so $(B)/test-faults.so: SHARED := -fPIC -shared
$(B)/test-ask $(B)/test-world $(B)/test-clock.so $(B)/test-faults.so:
	$(call say,LINK)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -O2 $(WARN) $(SHARED) -o $@ $(filter %.c,$^)
endif

# What hawatchd reads in kubeconfigs, to compare it with kubectl.
$(B)/test-kubeconfig: $(call obj,tests/field/kubeconfig.c daemon/os/files.c) $(CORE)
	$(call say,LINK)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(CORE_LIBS)

# The system-call filter of the unit, without systemd.
$(B)/test-filter: $(call obj,tests/check/filter.c)
	$(call say,LINK)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lseccomp

unit: $(UNIT) $(FUZZ) $(MODEL) $(RULES) $(DST) $(HELPERS)
# What is run with each sanitizer. Only rooms of the daemon have threads.
unit-asan: $(UNIT) $(FUZZ) $(DST) $(TOOLS)
unit-tsan: $(ROOM_TESTS) $(TOOLS)
# Code that only computes, and uses no library: of libraries MemorySanitizer would say that they set nothing. Not
# pair_reload, which compares bytes between members, as ZERO has set them.
unit-msan: $(addprefix $(B)/unit/test_,backoff core_edges drain events field_renewal field_url file_mode flap history \
	incidents inventory inventory_budget inventory_scale maintenance message metrics_age metrics_formats metrics_monitor obs \
	pace page pair provisioning rendering restore runbook side side_network side_random side_rules text unreadable)
unit-unsigned: $(UNIT) $(FUZZ) $(HELPERS)

# Debian packages that `make demo` and `make test` need; missing ones are installed, or listed.
BUILD_DEBS := gcc libc6-dev pkg-config libmicrohttpd-dev libgnutls28-dev libcjson-dev libcurl4-openssl-dev libyaml-dev zlib1g-dev libcrypt-dev
DEMO_DEBS  := $(BUILD_DEBS) openssl curl jq prometheus prometheus-alertmanager
TEST_DEBS  := $(DEMO_DEBS) socat tmux less libcmocka-dev binutils procps systemd chromium iproute2 iptables clang-format kubectl@kubernetes-client \
	python3 python3-prometheus-client mandoc zsh fish
BENCH_DEBS := $(DEMO_DEBS) wrk slowhttptest gnuplot-nox kubectl@kubernetes-client

demo:
	@tests/packages.sh $(DEMO_DEBS)
	@$(MAKE) --no-print-directory all
	@tests/demo/demo.sh $(B)

test: test-build
	@tests/run.sh $(B)

# The same beside four busy loops, and with half a processor: slower, with the same result.
test-busy: test-build
	@tests/beside.sh busy tests/run.sh $(B)

test-slow: test-build
	@tests/beside.sh slow tests/run.sh $(B)

AT_ONCE := -j$(shell nproc)
test-build:
	@tests/packages.sh $(TEST_DEBS)
	@$(MAKE) --no-print-directory $(AT_ONCE) all unit man WERROR=-Werror
test-sanitized:
	@$(MAKE) --no-print-directory all unit-asan WERROR=-Werror VARIANT=asan
	@$(MAKE) --no-print-directory all unit-tsan WERROR=-Werror VARIANT=tsan

# Injects every fault of the catalogue into a running daemon, and makes every call of the machine fail; `make test` uses
# a representative part of both.
faults:
	@tests/packages.sh $(TEST_DEBS)
	@$(MAKE) --no-print-directory all unit
	@tests/e2e/catalogue.sh $(B)
	@tests/e2e/machine.sh $(B)
	@tests/e2e/machine_start.sh $(B)

# Against a real API server, where KUBEBUILDER_ASSETS or PATH has etcd, kube-apiserver and kubectl.
test-kube: all
	@tests/e2e/kube.sh $(B)

# What Grafana makes of the dashboards, by its own code, which npm brings.
test-grafana:
	@tests/packages.sh jq node@nodejs npm@npm
	@tests/dashboards/render.sh $(B)

# What config/kubernetes gives to an API server, against the schema of Kubernetes and of the Prometheus Operator, by npm.
test-schemas:
	@tests/packages.sh jq kubectl@kubernetes-client node@nodejs npm@npm
	@tests/kubernetes/schema.sh $(B)

# Checks that need larger tools. `check` takes a few minutes. `check-all` adds the other compiler, MemorySanitizer,
# valgrind, the analysers, all of the system-call filter, the container image, the Debian package on minimal machines, the
# manifests against schemas, and `make test`.
CHECK_DEBS := $(TEST_DEBS) clang clang-tidy cppcheck shellcheck valgrind libseccomp-dev skopeo
QUICK_CHECKS := hardening unit_file cppcheck syscalls-quick
ALL_CHECKS   := hardening unit_file cppcheck shell syscalls tidy analyzer clang msan unsigned valgrind image package schemas screens shown reload_threads dst-replay tests
check:
	@tests/packages.sh $(TEST_DEBS) cppcheck libseccomp-dev
	@$(MAKE) --no-print-directory $(AT_ONCE) all $(HELPERS) $(B)/test-filter WERROR=-Werror
	@tests/check/run.sh $(B) $(QUICK_CHECKS)
check-all:
	@tests/packages.sh $(CHECK_DEBS)
	@$(MAKE) --no-print-directory $(AT_ONCE) all unit $(B)/test-filter WERROR=-Werror
	@$(MAKE) --no-print-directory image
	@tests/check/run.sh $(B) $(ALL_CHECKS)
check check-all lint: export CPPFLAGS := $(CPPFLAGS)

# The unit tests, the seeds of the fuzz targets, and the credential plugins with a `char` that has no sign, as on aarch64.
test-unsigned:
	@tests/packages.sh $(TEST_DEBS)
	@$(MAKE) --no-print-directory $(AT_ONCE) all unit-unsigned WERROR=-Werror VARIANT=unsigned
	@for test in $(patsubst $(B)/%,$(B)/unsigned/%,$(UNIT)); do $$test || exit; done
	@tests/fuzz/replay.sh $(B)/unsigned
	@tests/e2e/credentials.sh $(B)/unsigned

# All unit tests, as the build of the Debian package runs them.
test-units: $(UNIT)
	@for test in $^; do $$test || exit; done

# What is found without running anything.
lint:
	@tests/packages.sh clang-tidy cppcheck shellcheck gcc
	@tests/check/run.sh $(B) cppcheck shell tidy analyzer

cppcheck:
	cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,portability,performance -j $$(nproc) \
		--inline-suppr --suppress=internalAstError -DCURL_DISABLE_TYPECHECK -Ilib -Idaemon lib daemon

# The whole loop on a virtual clock, through seeded storms: make dst SEED=1 SEEDS=20 DAYS=1, or so many that they last
# YEARS: `make century` takes a hundred.
SEED  ?= 1
SEEDS ?= 20
DAYS  ?= 1
YEARS ?= 0
dst: $(DST)
	@$(DST) --known tests/dst/seeds --left $(B)/dst --seed $(SEED) --seeds $(SEEDS) --years $(YEARS) --days $(DAYS) --jobs $$(nproc)
century:
	@$(MAKE) --no-print-directory dst YEARS=100
# A thousand simulated days: without other settings, the recording of each run is replayed without a difference, to the
# millisecond. `make test` does so with a year.
dst-replay:
	@$(MAKE) --no-print-directory dst YEARS=2.738 DAYS=0.1

# The daemon itself for so many minutes, with a poll every 10 ms and one fault after another: memory, descriptors and
# threads must not grow.
MINUTES ?= 120
soak:
	@tests/packages.sh $(DEMO_DEBS)
	@$(MAKE) --no-print-directory all $(HELPERS)
	@tests/check/soak.sh $(B) $(MINUTES)

# The JSON that Grafana reads, from the tables in dashboards/source.
dashboards:
	@tests/packages.sh jq
	@dashboards/source/make.sh

# The rule files as objects of the Prometheus Operator.
manifests:
	@config/kubernetes/make-rules.sh config/prometheus/*.rules.yml >config/kubernetes/overlays/prometheus-operator/rules.yaml

format:
	@tests/packages.sh clang-format
	@tests/format.sh --write

format-check:
	@tests/packages.sh clang-format
	@tests/format.sh

# Fuzzes every parser of outside data for a minute, and the alerting rules with 500 lives of pairs; `make test` replays
# the seeds, and a part of the lives.
fuzz:
	@tests/packages.sh $(TEST_DEBS) clang dpkg-dev
	@tests/fuzz/run.sh
	@$(MAKE) --no-print-directory $(RULES)
	@tests/rules/fuzz.sh $(B) 20261128 500

# Changes the decision core and the poll loop in one place at a time; the tests must notice each change. All of it takes
# hours; MUTANTS='FOLDER FILE FILE:LINE-LINE' selects.
mutants:
	@tests/packages.sh $(TEST_DEBS)
	@$(MAKE) --no-print-directory mutants-of VARIANT=mutants
mutants-of: $(UNIT) $(MODEL) $(DST)
	@CC='$(CC)' DST_O='$(DST_O) $(B)/dst/world.o' LDLIBS='$(LDLIBS)' tests/mutants/run.sh $(B)

# Lines and branches that the tests take; every branch of the decision core must be taken.
coverage:
	@tests/packages.sh $(TEST_DEBS)
	@$(MAKE) --no-print-directory all unit VARIANT=coverage
	@tests/coverage.sh $(B)/coverage

# Every goal in numbers, side by side with what it is measured against. BENCH=quick takes about a minute.
bench:
	@tests/packages.sh $(BENCH_DEBS)
	@$(MAKE) --no-print-directory all $(BENCHES) $(DST) $(HELPERS)
	@tests/bench/run.sh $(B)

# A container image without an engine: an OCI archive, and its packages as SPDX. config/image/Dockerfile makes the same
# with one. The same commit gives the same bytes, while Debian has the same packages.
IMAGE := $(B)/image/hawatch-$(VERSION)
image image-root: export SOURCE_DATE_EPOCH := $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null || echo 0))
image-root:
	@tests/packages.sh $(BUILD_DEBS) binutils jq
	@$(MAKE) --no-print-directory all
	@config/image/rootfs.sh $(B) $(B)/image/root $(B)/image/own $(VERSION) $(REVISION)
image: image-root
	@config/image/archive.sh $(B)/image/root $(B)/image/own $(IMAGE).oci.tar $(VERSION) $(REVISION)
	@cp $(B)/image/root/usr/share/hawatch/hawatch.spdx.json $(IMAGE).spdx.json
	@echo '$(IMAGE).oci.tar'

install: all man
	install -D -m 755 $(B)/hawatchd $(DESTDIR)$(PREFIX)/bin/hawatchd
	install -D -m 755 $(B)/hawatch $(DESTDIR)$(PREFIX)/bin/hawatch
	install -D -m 640 config/hawatch.yaml $(DESTDIR)$(PREFIX)/share/hawatch/hawatch.yaml
	install -D -m 640 config/web.yml $(DESTDIR)$(PREFIX)/share/hawatch/web.yml
	install -D -m 644 config/completion/hawatch.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/hawatch
	ln -sf hawatch $(DESTDIR)$(PREFIX)/share/bash-completion/completions/hawatchd
	install -D -m 644 config/completion/_hawatch $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_hawatch
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d config/completion/hawatch.fish config/completion/hawatchd.fish
	for page in $(MAN); do install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/} || exit; done
	install -D -m 644 config/runbook.md $(DESTDIR)$(PREFIX)/share/hawatch/runbook.md
	mkdir -p $(DESTDIR)/lib/systemd/system $(DESTDIR)/usr/lib/sysusers.d
	install -m 755 config/kubernetes/renew-tokens.sh $(DESTDIR)$(PREFIX)/bin/hawatch-renew-tokens
	for unit in hawatchd.service hawatchd.socket hawatch-tokens.service hawatch-tokens.timer; do \
		sed 's|/usr/local/bin|$(PREFIX)/bin|g' systemd/$$unit >$(DESTDIR)/lib/systemd/system/$$unit || exit; done
	install -m 644 systemd/hawatch.sysusers $(DESTDIR)/usr/lib/sysusers.d/hawatch.conf
	mkdir -p $(DESTDIR)$(PREFIX)/share/hawatch
	cp -r config/prometheus config/alertmanager config/kubernetes $(DESTDIR)$(PREFIX)/share/hawatch/
	mkdir -p $(DESTDIR)$(PREFIX)/share/hawatch/dashboards
	cp dashboards/*.json dashboards/*.yaml $(DESTDIR)$(PREFIX)/share/hawatch/dashboards/
	sed -i 's|../../../../dashboards|../../../dashboards|' $(DESTDIR)$(PREFIX)/share/hawatch/kubernetes/overlays/prometheus-operator/kustomization.yaml

# The Debian package, from a copy of the sources in DEB/src, so that config/debian stands where Debian's tools look for it.
# The same commit gives the same bytes. lintian finds no error and no warning; the rest it lists.
DEB ?= $(PLAIN_B)/deb
deb:
	@tests/packages.sh $(BUILD_DEBS) libcmocka-dev dpkg-dev debhelper lintian
	@$(MAKE) --no-print-directory deb-build
	lintian --allow-root --fail-on error,warning --display-info --pedantic $(DEB)/*.changes
# The umask shows in the modes of the files.
deb-build:
	$(Q)$(RM) -r $(DEB)
	$(Q)umask 022 && mkdir -p $(DEB)/src && \
		tar -c --exclude=./build --exclude=./.git --mode=u=rwX,go=rX . | tar -x -p -C $(DEB)/src && \
		cp -r config/debian $(DEB)/src/debian && echo $(REVISION) >$(DEB)/src/debian/revision && \
		cd $(DEB)/src && dpkg-buildpackage -us -uc

# The package: built twice, and on minimal Debian machines installed, upgraded, running, removed.
test-deb: all
	@$(MAKE) --no-print-directory deb
	@tests/packages.sh faketime locales mmdebstrap autopkgtest iproute2 util-linux
	@tests/deb/same_bytes.sh $(B)
	@tests/deb/life.sh $(B)
	@tests/deb/systemd.sh $(B)
	@tests/deb/first_steps.sh $(B)
	@tests/deb/autopkgtest.sh $(B)

clean:
	$(RM) -r build

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
FORCE:
.PHONY: all image image-root man dashboards unit unit-asan unit-tsan unit-unsigned demo dst century dst-replay soak test test-build test-sanitized test-unsigned test-busy test-slow faults test-kube test-grafana check-all lint format format-check fuzz mutants mutants-of coverage bench install clean test-units deb image image-root deb-build test-deb test-schemas manifests FORCE check cppcheck unit-msan
.SECONDARY:
