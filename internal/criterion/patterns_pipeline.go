package criterion

// pipelineRows are the demands about when and how pipelines run. The claims of a row are templates: see template.
var pipelineRows = []row{
	// What runs, when, with which tool, on which versions: in any order.
	{"<run>? <test> <run>? ( <pass> )? ( <modifiers> )*", testClaims, "!test tool=$testtool"},
	{"<only> <run> <test> ( on | for | in )? {events} @only", testClaims, ""},
	{"( <run> <only> | <run> )? <test> ( <run> )? <only> ( on | for | in | when )? {events} @only", testClaims, ""},
	{"<run>? {testtool} ( <run> )? ( <modifiers> )*", testClaims, "!test tool=$testtool"},
	{"<run>? <test> <every>? ( <run> )? with coverage ( report | reporting | measurement | enabled )? @coverage ( <modifiers> )*", testClaims, ""},
	{"( test ) <against>? {lang} {versions} ( <modifiers> )*", testClaims, ""},
	{"( measure | collect | report | record | generate | produce ) ( test | code )? coverage ( report | data )?", "test coverage=true", ""},
	{"( test | code ) coverage ( measured | collected | reported | report | recorded )?", "test coverage=true", ""},
	{"coverage report/measured/collected", "test coverage=true", ""},

	{"<run> {jobs} ( <run> )? ( on | for | in | upon | at )? {events}", "@jobs $$; @jobs trigger events=$events branches=$branches job=$$", "@jobs !trigger events=$events branches=$branches job=$$"},
	{"<run>? {jobs} ( <run> )? ( on | for | in | upon ) {events}", "@jobs $$; @jobs trigger events=$events branches=$branches job=$$", "@jobs !trigger events=$events branches=$branches job=$$"},
	{"<run>? {jobs} ( <run> )? ( on | for | in | upon )? {events} <only> @only", "@jobs $$; @jobs trigger events=$events branches=$branches only=$only job=$$", ""},
	{"<run>? {jobs} ( <run> )? <only> ( on | for | in | upon )? {events} @only", "@jobs $$; @jobs trigger events=$events branches=$branches only=$only job=$$", ""},
	{"<run> {jobs}", "@jobs $$", "@jobs !$$"},
	{"{jobs} ( required | needed | mandatory )?", "@jobs $$", "@jobs !$$"},

	{"( <run> | trigger/triggered | start | run ci | ci run | pipeline run | workflow run | build | trigger pipeline | trigger workflow )? ( on | for | upon | by ) {events}", "trigger events=$events branches=$branches", "!trigger events=$events branches=$branches"},
	{"( <run> | trigger/triggered | start | run ci | ci run | pipeline run | workflow run | build | trigger pipeline | trigger workflow )? ( on | for | upon | by )? {events} <only> @only", "trigger events=$events branches=$branches only=$only", ""},
	{"( <run> | trigger/triggered | start | run ci | ci run | pipeline run | workflow run | build )? <only> ( <run> )? ( on | for | upon | by ) {events} @only", "trigger events=$events branches=$branches only=$only", ""},
	{"trigger : {events}", "trigger events=$events branches=$branches", ""},
	{"( <run> )? {events} trigger", "trigger events=$events branches=$branches", ""},

	// Order.
	{"<run>? {jobs:first} ( <run> | <finish> )? before ( <run>? | starting | start | attempting )? {jobs:then} ( <run> )?", "order first=$first then=$then", ""},
	{"<run>? {jobs:then} ( <run> )? <only>? after ( <run>? | successful )? {jobs:first} ( <finish> | <run> )?", "order first=$first then=$then", ""},
	{"<run>? {jobs:first} first ,? then ( <run> )? {jobs:then}", "order first=$first then=$then", ""},
	{"<run>? {jobs:first} ,? ( and )? then ( <run> )? {jobs:then}", "order first=$first then=$then", ""},
	{"{jobs:then} ( need | depend on | wait for | require | wait until | follow | need : ) {jobs:first} ( <finish> )?", "order first=$first then=$then", ""},
	{"{jobs:first} ( precede | come before | go before | gate | block | guard ) {jobs:then}", "order first=$first then=$then", ""},
	{"<only>? ( <run> )? {jobs:then} <only>? ( <run> )? <only>? ( if | when | after ) {jobs:first} <finish>", "order first=$first then=$then", ""},
	{"( fail fast | fail early | fail fast on error | fail fast : lint before test )", "fail-fast", ""},

	// Where.
	{"<run>? ( <job> )? ( <run> )? ( on )? ( self hosted | gitlab )? runner ( tagged ( with )? | with tag | with | that have tag | labelled | : ) {runnertags:tags}", "runner-tags tags=$tags", ""},
	{"<run>? ( <job> )? ( <run> )? on {runnertags:tags} runner", "runner-tags tags=$tags", ""},
	{"( tag <job> with | <job> tagged ( with )? | <job> have tag ) {runnertags:tags}", "runner-tags tags=$tags", ""},

	// Caches.
	{"cache/caching/cached ( of | for )? <dep> ( between run | across run | between build | between job | cache | download )?", "cache-dependencies", "!cache-dependencies"},
	{"<dep> ( cache/caching/cached ) ( enabled | between run | across run | between build | between job )?", "cache-dependencies", "!cache-dependencies"},
	{"( reuse | keep ) ( cached <dep> | <dep> cache ) ( between run | across run | between build | between job )?", "cache-dependencies", ""},
	{"cache nothing", "!cache-dependencies; !cache-layers", ""},
	{"( cache/caching/cached ) ( docker | image | build | buildx | container )? layer ( between build | between run )?", "cache-layers", "!cache-layers"},
	{"( docker | image | build | buildx | container )? layer ( cache/caching/cached ) ( between build | between run )?", "cache-layers", "!cache-layers"},
	{"( docker build cache | build cache | buildx cache | image build cache ) ( enabled )?", "cache-layers", "!cache-layers"},

	// Versions.
	{"( <run> <test> | test/tested/testing | build and test | ci ( run | test ) | <matrix> | <run> <matrix> | run ) ( of | with | for | over | across | against | on )? <every>? {lang} ( version )? {versions}", "matrix language=$lang versions=$versions", ""},
	{"{lang} ( version )? {manyversions:versions}", "matrix language=$lang versions=$versions", ""},
	{"{lang} ( version )? {version}", "runtime-version language=$lang version=$version", ""},
	{"( <run> | build ) ( with | on ) {lang} ( version )? {version}", "runtime-version language=$lang version=$version", ""},
	{"( <matrix> ) ( test/testing | build )? ( of | with | for | over | across | against | on | cover/covering )? ( version )? {lang} ( version )? {versions}", "matrix language=$lang versions=$versions", ""},
	{"{lang} ( version )? <matrix> ( of | with | for | over | : | covering )? ( version )? {versions}", "matrix language=$lang versions=$versions", ""},
	{"{lang} {versions} ( supported | tested | covered | matrix | build matrix | test matrix )", "matrix language=$lang versions=$versions", ""},
	{"( <run>? <test> | test )? ( against | on | across | over | with | for )? ( <matrix> of )? ( multiple | several | <every> supported | supported | <every> ) {lang} version", "matrix language=$lang", ""},

	// Runs that nobody needs any more, and time.
	{"<cancel> <every>? <outdate> <runs> ( on new push | when new commit arrive | when new commit pushed | on new commit | of same branch | on same branch | for same branch | of same ref | for same ref | after new push | when newer one start | when newer commit pushed )?", "cancel-outdated", ""},
	{"<cancel> <runs> ( in progress | superseded | outdated ) ( by newer commit | by new commit | on new push | by newer push | by newer one | on new commit )?", "cancel-outdated", ""},
	{"<every>? <outdate> <runs> <cancel>", "cancel-outdated", ""},
	{"( new push | newer commit | new commit | newer push | newer run | new run ) <cancel> ( <every>? <outdate> )? <runs>", "cancel-outdated", ""},
	{"( concurrency group | concurrency control | concurrency ) ( with cancel in progress | that cancel <outdate> <runs> | cancel <outdate> <runs> | <cancel> <every>? <outdate> <runs> )", "cancel-outdated", ""},
	{"cancel in progress ( <runs> )?", "cancel-outdated", ""},
	{"<job>? time out ( ( after | of | in | at | within | : ) {minutes} )? ( for <job> | on <job> | per job )?", "timeout minutes=$minutes", ""},
	{"<job> ( have | set | with )? ( {minutes} )? time out", "timeout minutes=$minutes", ""},
	{"{minutes} time out ( for <job> | on <job> | per job )?", "timeout minutes=$minutes", ""},
	{"( <job> | no job ( may/can )? ) ( <limit> ( to ) | take | run | last | finish | end ) ( at most | max | maximum | within | longer than | no longer than | more than | for longer than | for more than | for at most | in under )? {minutes}", "timeout minutes=$minutes", ""},
	{"( time | duration | run time | runtime )? limit ( of | : )? {minutes} ( for | per | on ) <job>", "timeout minutes=$minutes", ""},
	{"<limit> <job> ( time | duration | run time )? to {minutes}", "timeout minutes=$minutes", ""},
	{"<cancel> <job> after {minutes}", "timeout minutes=$minutes", ""},
	{"( nightly | daily | every night | every day | each night | each day | scheduled | once day ) ( run | build | test | pipeline | workflow | ci | job | ci run | test run | schedule )? ( <run> )? ( at )? {cron}", "schedule cron=$cron", ""},
	{"( <run> | schedule/scheduled | build ) ( test | pipeline | workflow | ci | build | job | run )? ( nightly | daily | every night | every day | each night | each day ) ( at )? {cron}", "schedule cron=$cron", ""},
	{"( <run> | schedule/scheduled ) ( test | pipeline | workflow | ci | build | job | run )? ( at ) {cron} ( nightly | daily | every night | every day | each night | each day )", "schedule cron=$cron", ""},
	{"( nightly | daily | scheduled ) ( run | build | pipeline | workflow )", "schedule", ""},
	{"<run> ( nightly | daily | on schedule | every night | every day )", "schedule", ""},
}

// testClaims is what a clause about tests claims.
const testClaims = `test tool=$testtool coverage=$coverage; ?events trigger events=$events branches=$branches only=$only job=test;
	?versions matrix language=$lang versions=$versions; ?service integration-test service=$service version=$version`
