package criterion

// makeRows are the demands about Makefiles.
var makeRows = []row{
	{"( make help | help | help target | help command | help output ) ( list/lists/show/print/display/document/describe/explain ) ( <every> )? ( available | documented | make | other | makefile )? ( target | command | rule ) ( with description | with help text | and description | and what they do )?", "help-lists-all", ""},
	{"( <every> | available ) ( make )? target ( listed/shown/printed/displayed/documented/described | appear | show up ) ( by | in | with ) ( make help | help | help target )", "help-lists-all", ""},
	{"help ( target )? ( for | with | of ) ( <every> ) ( target | command )", "help-lists-all", ""},
	{"( list/show/print/document ) ( <every> )? ( available )? target ( in | with | by ) ( make help | help | help target )", "help-lists-all", ""},
	{"( <every> ) target ( have | with )? ( documented | description | help text | doc comment )", "help-lists-all", ""},
	{"self documenting ( makefile | help | help target )?", "help-lists-all", ""},

	{"( makefile | make )? ( common | standard | usual )? ( target : | target for | target named | target called | target | following target : | following target | command : ) {targets} ( target )?", "targets names=$targets", ""},
	{"{targets} ( make )? ( target | command | rule ) ( exist | present | defined | available )?", "targets names=$targets", ""},
	{"( make )? {target} target ( exist | present | defined | available )?", "targets names=$target", ""},
	{"( have | offer/offers | contain )? ( target ) {targets} ( exist | present | defined )?", "targets names=$targets", ""},

	{"( make | target )? {target} ( target )? ( run/call/invoke/execute/use/start | run <test> with | test with | run test suite with ) {tools:tool} ( with coverage @coverage | and coverage @coverage | and measure coverage @coverage | --cov @coverage | and collect coverage @coverage | with coverage report @coverage | and report coverage @coverage )?", "@tool target-runs target=$target tool=$$ coverage=$coverage", ""},
	{"( make | target )? {target} ( target )? ( run/execute ) ( <test> )", "target-runs target=$target job=test", ""},
	{"( make {target} | target {target} | {target} target ) ( build/builds/create/make ) ( docker | container )? image", "target-runs target=$target job=image-build", ""},
	{"( make {target} | target {target} | {target} target ) ( remove/delete ) ( <every>? build artifact | <every>? generated file | artifact | build output | build file | cache )", "target-runs target=$target job=clean", ""},
	{"( make {target} | target {target} | {target} target ) lint ( code )?", "target-runs target=$target job=lint", ""},
	{"( make | target )? {target} ( target )? ( run/call/invoke/execute/use/start ) ( <test> with | with ) {tool} ( with coverage @coverage | and coverage @coverage )?", "target-runs target=$target tool=$tool coverage=$coverage", ""},
	{"( make | target )? {target} ( target )? ( run/execute ) ( <test> ) ( with coverage @coverage | and coverage @coverage )", "target-runs target=$target coverage=$coverage", ""},
	{"{tool} ( run/called/invoked/executed/used/started ) ( by | from | in | with ) ( make )? {target} ( target )? ( with coverage @coverage )?", "target-runs target=$target tool=$tool coverage=$coverage", ""},
	{"( with | make ) {target} ( target )? ( run | with ) {tool} ( with coverage @coverage )?", "target-runs target=$target tool=$tool coverage=$coverage", ""},
	{"( make )? {target} ( target )? ( use/run/start/deploy/call | bring up | with | based on | go through ) <prodfile>", "target-runs target=$target file=docker-compose.prod.yml", ""},
	{"<prodfile> ( used/use/started/deployed | brought up ) ( by | with | in ) ( make )? {target} ( target )?", "target-runs target=$target file=docker-compose.prod.yml", ""},
	{"( make )? {target} ( target )? ( use/run/start/call | bring up | with ) {file} ( compose file | file )?", "target-runs target=$target file=$file", ""},

	{"( no | not <every> | never ) ( make )? ( target/recipe/rule/command ) ( may/can )? ( <run> | need | require | use ) ( as | with )? ( root | sudo | root privilege | super user )", "no-root", ""},
	{"( no | never | without | not | avoid ) ( use | call )? ( sudo ) ( in ( <every> )? ( target | recipe ) )?", "no-root", ""},
	{"( <every>? target/recipe ) ( no | not | never | without ) ( <run> | need | require | use )? ( as | with )? ( root | sudo | root privilege )", "no-root", ""},
	{"( <run> | work ) <every>? target ( without ) ( root | sudo | root privilege )", "no-root", ""},
	{"<every>? target ( <run> | work ) ( as ) ( non root | unprivileged ) ( user )?", "no-root", ""},
	{"<every>? target ( <run> ) ( as | with ) ( root | sudo )", "!no-root", ""},

	{"default ( make )? ( target | goal ) ( : | to | show )? {target} ( target )?", "default-target name=$target", ""},
	{"{target} ( target )? ( as )? ( default | first ) ( target | goal | make target )?", "default-target name=$target", ""},
	{"( plain | bare )? make ( without argument | without target | with no argument | with no target | alone | by itself ) ( run/show/print/display/call ) {target} ( target )?", "default-target name=$target", ""},
	{"( plain | bare | running ) make ( run/show/print/display/call ) {target} ( target )?", "default-target name=$target", ""},

	{"( <every> )? ( non file | command )? target ( declared/marked | declared as | marked as | is )? phony/.phony", "phony", ""},
	{"( declare/mark ) ( <every> )? ( non file | command )? target ( as )? phony", "phony", ""},
	{"( correct | right | .phony ) ( .phony )? ( declaration | declared | correct | right ) ( for <every> target | for target )?", "phony", ""},
	{"phony target ( declared | marked )?", "phony", ""},
	{".phony ( for <every> target | for target | declared | right )?", "phony", ""},
}
