# The packages of the image, as an SPDX document. In: NAME <tab> VERSION <tab> ARCHITECTURE <tab> SOURCE <tab> SOURCE VERSION,
# a line each. NOASSERTION: the licences are in the copyright files of the image, and nobody has judged them here.
def package($id; $name; $version): {
	SPDXID: $id, name: $name, versionInfo: $version, downloadLocation: "NOASSERTION", filesAnalyzed: false,
	licenseConcluded: "NOASSERTION", licenseDeclared: "NOASSERTION", copyrightText: "NOASSERTION"
};
def id: "SPDXRef-" + gsub("[^A-Za-z0-9.]"; "-");

[split("\n")[] | select(. != "") | split("\t") |
	{name: .[0], version: .[1], architecture: .[2], source: .[3], source_version: .[4]}] as $debs
| {
	spdxVersion: "SPDX-2.3", dataLicense: "CC0-1.0", SPDXID: "SPDXRef-DOCUMENT",
	name: "hawatch-\($version)", documentNamespace: "urn:uuid:\($number | [.[0:8], .[8:12], .[12:16], .[16:20], .[20:32]] | join("-"))",
	creationInfo: {created: ($created | todate), creators: ["Tool: hawatch-\($version)"]},
	packages: (
		[package("SPDXRef-hawatch"; "hawatch"; $version) + {comment: "revision \($revision)"}] +
		[$debs[] | package("deb-\(.name)" | id; .name; .version) + {
			sourceInfo: "built from \(.source) \(.source_version)",
			externalRefs: [{
				referenceCategory: "PACKAGE-MANAGER", referenceType: "purl",
				referenceLocator: "pkg:deb/debian/\(.name | @uri)@\(.version | @uri)?arch=\(.architecture)&distro=debian-12&upstream=\("\(.source)@\(.source_version)" | @uri)"
			}]
		}]),
	relationships: (
		[{spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: "SPDXRef-hawatch"}] +
		[$debs[] | {spdxElementId: "SPDXRef-hawatch", relationshipType: "DEPENDS_ON", relatedSpdxElement: ("deb-\(.name)" | id)}])
}
