package criterion

// scanRows are the demands about vulnerability scans, and about building and publishing images in a pipeline.
var scanRows = []row{
	{"<scan> ( <scanned> )? ( for <vuln> )? ( with | by )? {scantools} ( <triggered> )*", "@scantools scan tool=$$ target=$target; ?events trigger events=$events branches=$branches only=$only job=scan", "@scantools !scan tool=$$"},
	{"<scan> ( <scanned> )? ( for <vuln> )? ( with | by )? {scantools} ( for <vuln> )? <never>", "@scantools scan tool=$$ target=$target; !gates-fail", ""},
	{"<scan> ( <scanned> )? for <vuln> <never>", "scan target=$target; !gates-fail", ""},
	{"<scan> ( <scanned> )? for <vuln>", "scan target=$target", "!scan"},
	{"<scan> <scanned>", "scan target=$target", ""},
	{"<run>? {scantools} ( scan/scanner/scanning | vulnerability scan/scanner/scanning | security scan/scanner/scanning | image scan @target=image | container scan @target=image | check | audit )? ( of <scanned> | on <scanned> )? ( for <vuln> )? ( <run> )? ( <triggered> )*", "@scantools scan tool=$$ target=$target; ?events trigger events=$events branches=$branches only=$only job=scan", "@scantools !scan tool=$$"},
	{"<run>? {scantools} ( scan )? <never>", "@scantools scan tool=$$; !gates-fail", ""},
	{"<run>? ( vulnerability | security | cve ) ( scan/scanner/scanning | check ) ( of <scanned> | on <scanned> )? ( ( with | by ) {scantools} )?", "scan tool=$scantools target=$target", "!scan"},
	{"( audit | check ) ( dependency | package ) ( for <vuln> )? ( ( with | by ) {scantools} )?", "scan tool=$scantools", "!scan"},
	{"<run>? ( dependency | image @target=image | container @target=image ) ( scan/scanning | audit/auditing | security scan | vulnerability scan/scanning ) ( ( with | by ) {scantools} )?", "scan tool=$scantools target=$target", ""},
	{"( <scanned> ) ( scanned/scan ) ( for <vuln> )? ( ( with | by ) {scantools} )?", "scan tool=$scantools target=$target", ""},

	{"<only>? {severities} ( severity )? ( <vuln> | finding | issue | severity )? ( <fail> <build>? )", "scan severities=$severities", ""},
	{"( <build> )? <fail> ( <build> )? ( <only> )? ( on | for | if | when | with | at ) ( <only> )? ( <scan> find | trivy find @tool=trivy | there | scanner find )? {severities} ( severity )? ( <vuln> | finding | issue | severity )? ( <only> | found | detected | present )?", "scan severities=$severities tool=$tool", ""},
	{"( <fail> ) ( <build> )? on ( <vuln> ) ( of | with ) {severities} ( severity )?", "scan severities=$severities", ""},
	{"( <scan> ( <scanned> )? for | scan for | block | report <only> | block on ) {severities} ( severity )? ( <vuln> | finding | issue ) ( ( with | by ) {scantools} )?", "scan severities=$severities tool=$scantools target=$target", ""},
	{"{scantools} <fail> ( <build> )? ( on | for | at ) {severities} ( severity )? ( <vuln> | finding | issue )?", "scan severities=$severities tool=$scantools", ""},

	{"<buildit> ( <multi> )? ( docker | container | oci )? image ( ( for | on | supporting ) {platforms} )?", "image-build platforms=$platforms", "!image-build"},
	{"<buildit> ( docker | container | oci )? image ( for )? ( <multi> ) ( {platforms} )?", "image-build platforms=$platforms multi=true", ""},
	{"( <multi> ) ( docker | container | oci )? ( image | build | image build | docker build ) ( <built> )? ( with buildx )? ( ( for | on | supporting | : | with ) )? {platforms}", "image-build platforms=$platforms", ""},
	{"( <buildit> )? ( <multi> ) ( docker | container | oci )? ( image | build | image build | docker build ) ( <built> )? ( with buildx | with docker buildx )?", "image-build multi=true", ""},
	{"( docker | container | oci )? image ( <built> ) ( for | on ) {platforms}", "image-build platforms=$platforms", ""},
	{"( docker | container | oci ) image ( <built> )", "image-build", "!image-build"},
	{"<buildit> ( for | on ) {platforms}", "image-build platforms=$platforms", ""},
	{"( support/supported/supporting | run on | work on | works on | compatible with | available for | available on | build on | runs on | usable on | target | for ) {platforms} ( arch | platform | machine | processor | host | server | hardware )?", "platform platforms=$platforms", ""},
	{"( image | container | docker image ) ( support | run on | work on | available for | available on | usable on | compatible with | build on | build for ) {platforms} ( arch | platform | machine | processor | host )?", "platform platforms=$platforms", ""},
	{"{platforms} ( support | supported | compatible | compatibility | image | build )", "platform platforms=$platforms", ""},
	{"( <multi> ) support ( ( for | : ) )? {platforms}?", "platform platforms=$platforms multi=true", ""},

	{"( <no> ) ( push/publish/pushing/publishing/upload/uploading ) ( <every>? docker | <every>? container )? ( image )? ( from | on | in | for | during | to registry on | to registry from | to registry in ) <pr>", "no-push event=pull_request", ""},
	{"( docker | container )? image ( <no> ) ( push/publish/pushed/published/upload/uploaded ) ( from | on | in | for | during | by ) <pr>", "no-push event=pull_request", ""},
	{"<pr> ( <no> ) ( push/publish/upload ) ( docker | container )? image", "no-push event=pull_request", ""},
	{"( no image | no docker image | no container image ) ( push/pushed/publish/published/pushing/publishing/upload/uploaded )? ( from | on | in | for | during | by ) <pr>", "no-push event=pull_request", ""},
	{"( <pr> ) ( <only> build | build <only> | build without push | build but not push | build without pushing ) ( docker | container )? image ( ( without | but not | , not | , never ) push/pushing ( image )? )?", "no-push event=pull_request", ""},
	{"( <no> ) ( image )? push/pushing/publishing/publish ( from | on | in | for | during ) <pr>", "no-push event=pull_request", ""},
	{"( push/publish/pushing ) ( docker | container )? image ( from | on | in | for | during ) <pr>", "!no-push event=pull_request", ""},

	{"<publish> ( <every>? docker | container | oci | multi arch )? ( image )? ( to | at | in ) {registry} ( ( on | for | from | when | with ) ( <only> )? {events:on} ( pushed | created )? ( <only> )? )?", "publish registry=$registry on=$on branches=$branches", "!publish registry=$registry on=$on"},
	{"( on | for | when ) {events:on} ( pushed | created )? ,? <publish> ( docker | container | oci )? ( image )? ( to | at | in ) {registry}", "publish registry=$registry on=$on branches=$branches", ""},
	{"( docker | container | oci )? image <published> ( to | at | in ) {registry} ( ( on | for | from | when | with ) ( <only> )? {events:on} ( pushed | created )? )?", "publish registry=$registry on=$on branches=$branches", ""},
	{"( {events:on} | tagged release ) <publish> ( docker | container | oci )? ( image )? ( to | at | in ) {registry}", "publish registry=$registry on=$on branches=$branches", ""},
	{"( tag | release | tagged ) image ( pushed | published | push | publish | go ) ( to | at | in ) {registry}", "publish registry=$registry on=tag", ""},
	{"<publish> ( docker | container | oci )? image ( on | for | from ) ( <only> )? {pubevents:on}", "publish on=$on branches=$branches", ""},
}
