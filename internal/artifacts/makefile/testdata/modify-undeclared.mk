.PHONY: a

a:
	@echo a
out.txt: in
	cp in out.txt
gen:
	touch $@
_private:
	true
