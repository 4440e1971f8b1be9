// Kubernetes objects (JSON, one behind the other, on standard input) against the API's schema, as the npm packages
// kubernetes-models and @kubernetes-models/prometheus-operator have it. Values are checked by their validators. They know
// no unknown field, but TypeScript does: the objects go to the file that the argument names, each as a literal of its
// type. Prints a line for each mistake.
import { readFileSync, writeFileSync } from "node:fs";

const objects = JSON.parse(readFileSync(0, "utf8"));
const ts = [];
for (const object of objects) {
	const [version, group] = object.apiVersion.split("/").reverse();
	const models = group === "monitoring.coreos.com" ? "@kubernetes-models/prometheus-operator" : "kubernetes-models";
	const path = [models, ...(group ? [group] : []), version, object.kind].join("/");
	const name = `${object.kind} ${object.metadata.name}`;
	const model = (await import(path))[object.kind];
	try {
		new model(object).validate();
	} catch (e) {
		console.log(`${name}: ${e.message}`);
	}
	ts.push(`// ${name}\nexport const o${ts.length}: import(${JSON.stringify(path)}).I${object.kind} = ${JSON.stringify(object, null, 1)};`);
}
writeFileSync(process.argv[2], ts.join("\n"));
