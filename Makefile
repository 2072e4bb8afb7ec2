# the same names as ./dev, for fingers that type make
COMMANDS = run test lint shell pot load bench wheel stop clean
.PHONY: help $(COMMANDS)
help:
	@./dev
$(COMMANDS):
	@./dev $@ $(ARGS)
