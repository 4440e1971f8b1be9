// Gives the dashboards' panels data as Prometheus answers them, and compares what Grafana would show: text and colour.
// usage: NODE_PATH=... node render.js DASHBOARDS EXPECTED    (render.sh)
'use strict';

// What @grafana/data asks of a browser.
globalThis.window = globalThis;
Object.defineProperty(globalThis, 'navigator', {value: {language: 'en-US', languages: ['en-US']}, configurable: true});

const assert = require('assert');
const grafana = require('@grafana/data');
const [folder, expectedText] = process.argv.slice(2);
const {colours, statuses, states} = JSON.parse(expectedText);
const dashboards = Object.fromEntries(['pair', 'fleet', 'monitor'].map(
	name => [name, require(`${folder}/hawatch-${name}.json`)]));
const theme = grafana.createTheme({colors: {mode: 'dark'}});

// The properties of fields, as Grafana's editor knows them: each is taken as it stands.
const properties = new Set();
for (const dashboard of Object.values(dashboards)) {
	for (const {fieldConfig} of dashboard.panels.filter(panel => panel.fieldConfig)) {
		Object.keys(fieldConfig.defaults).filter(id => id !== 'custom').forEach(id => properties.add(id));
		Object.keys(fieldConfig.defaults.custom ?? {}).forEach(id => properties.add(`custom.${id}`));
		fieldConfig.overrides.flatMap(override => override.properties).forEach(({id}) => properties.add(id));
	}
}
const registry = new grafana.Registry(() => [...properties].map(id => ({
	id, path: id.replace(/^custom\./, ''), isCustom: id.startsWith('custom.'), process: value => value, shouldApply: () => true,
})));
const transformers = new Map(Object.values(grafana.standardTransformers).map(it => [it.id, it]));
grafana.standardTransformersRegistry.setInit(() => [...transformers].map(([id, transformation]) => ({id, name: id, transformation})));

const panelOf = (dashboard, title) => {
	const panel = dashboards[dashboard].panels.find(it => it.title === title);
	assert(panel, `no panel ${title}`);
	return panel;
};
// Fills ${__value.text} as Grafana does; all other variables stay.
const replaceVariables = (text, scoped) => text.replace('${__value.text}', () => scoped.__dataContext
	? grafana.formattedValueToString(scoped.__dataContext.value.field.display(
		scoped.__dataContext.value.field.values[scoped.__dataContext.value.rowIndex])) : '${__value.text}');
const applied = (panel, data) => grafana.applyFieldOverrides(
	{data, fieldConfig: panel.fieldConfig, fieldConfigRegistry: registry, replaceVariables, theme, timeZone: 'utc'});

// Frames as Prometheus' data source makes them.
const series = values => Object.entries(values).map(([name, value]) => grafana.toDataFrame({fields: [
	{name: 'Time', type: 'time', values: [1]},
	{name: 'Value', type: 'number', values: [value], config: {displayNameFromDS: name}}]}));
const NO_DATA = {
	'no frame': [], 'no field': [grafana.toDataFrame({fields: []})], 'a null': series({status: null}),
	'no value': [grafana.toDataFrame({fields: [{name: 'Time', type: 'time', values: []}, {name: 'Value', type: 'number', values: []}]})],
};
// tables: for each query its rows {LABEL: ..., Value: ...}.
const tables = rows => rows.map((of, at) => grafana.toDataFrame({refId: String.fromCharCode(65 + at),
	fields: ['Time', ...new Set(of.flatMap(row => Object.keys(row)))].map(name => ({
		name: name === 'Value' && rows.length > 1 ? `Value #${String.fromCharCode(65 + at)}` : name,
		type: name === 'Value' ? 'number' : name === 'Time' ? 'time' : 'string',
		values: of.map(row => name === 'Time' ? 1 : row[name])}))}));

// What a stat shows: [TEXT, COLOUR] of each value.
const shown = (panel, data) => grafana.getFieldDisplayValues({fieldConfig: panel.fieldConfig, reduceOptions: panel.options.reduceOptions,
	replaceVariables, theme, data: applied(panel, data), timeZone: 'utc'})
	.map(({display}) => [grafana.formattedValueToString(display), display.color.toLowerCase()]);
const transformed = (panel, data) => new Promise((resolve, reject) =>
	grafana.transformDataFrame(panel.transformations, data).subscribe({next: resolve, error: reject}));
// What a table shows: each row as {COLUMN: [TEXT, COLOUR, LINK]}.
const rowsOf = async (panel, rows) => {
	const [frame] = applied(panel, await transformed(panel, tables(rows)));
	const all = await applied(panel, [frame]);
	const fields = all[0].fields;
	return fields[0].values.map((_, row) => Object.fromEntries(fields.map(field => {
		const display = field.display(field.values[row]);
		const link = field.getLinks?.({valueRowIndex: row})[0]?.href;
		return [grafana.getFieldDisplayName(field, all[0]), [grafana.formattedValueToString(display), display.color?.toLowerCase(), link]];
	})));
};

let passed = 0, failed = 0;
const check = async (name, body) => {
	try {
		await body();
		passed++;
		console.log(`ok      ${name}`);
	} catch (error) {
		failed++;
		console.log(`FAILED  ${name}\n        ${error.message.split('\n').join('\n        ')}`);
	}
};
const TEXTS = ['? UNKNOWN', '– DISABLED', '✓ ACTIVE', '✗ BLOCKED: primary unavailable', '✗ BLOCKED: secondary unavailable',
	'✗✗ BLOCKED: both unavailable'];
const STATES = ['? UNKNOWN', '✓ UP', '= MAINTENANCE', '… PROVISIONING', '✗ DOWN'];
const lookOf = (list, code) => list.find(line => line.startsWith(`${code} `)).split(' ');

const main = async () => {
	const status = panelOf('pair', 'HA status');
	for (const [code, text] of TEXTS.entries()) {
		const [, symbol, colour] = lookOf(statuses, code);
		await check(`HA status ${text}`, () => {
			assert(text.startsWith(`${symbol} `));
			assert.deepStrictEqual(shown(status, series({status: code})), [[text, colour]]);
		});
		await check(`Status over time ${text}, of the pair and of the fleet`, () => ['pair', 'fleet'].forEach(of => {
			const [frame] = applied(panelOf(of, 'Status over time'), series({prod: code}));
			const {text: found, color} = frame.fields[1].display(code);
			assert.deepStrictEqual([found, color], [text, colour]);
		}));
		await check(`Fleet ${text}`, async () => {
			const one = {pair: 'prod', environment: '.*', cluster: '.*'};
			const values = [5, code, 125, 0, 2, 1, 4, 20, 0.833, -0.25];
			const [row] = await rowsOf(panelOf('fleet', 'Pairs'),
				values.map(Value => [{...one, Value}]));
			assert.deepStrictEqual(row.Status.slice(0, 2), [text, colour]);
			assert.deepStrictEqual([row.Environment[0], row.For[0], row.Tickets[0], row.Tickets[1]], ['–', '2 minutes, 5 seconds', '2', colours.wait]);
			assert.deepStrictEqual(row.Pages.slice(0, 2), ['0', '#00000000']);
			assert.deepStrictEqual([row.Primary[0], row.Secondary[0], row.Secondary[1]], ['✓ UP', '✗ DOWN', colours.bad]);
			assert.deepStrictEqual([row.Utilization[0], row['Error budget left'][0], row.Nodes[0]], ['83.3%', '-25%', '20']);
			assert.match(row.Pair[2], /^\/d\/hawatch-pair\?/);
		});
	}
	for (const [what, data] of Object.entries(NO_DATA)) {
		await check(`HA status, ${what}`, () =>
			assert.deepStrictEqual(shown(status, data).slice(0, 1), [['? NO DATA', colours.blind]]));
	}
	for (const [code, text] of STATES.entries()) {
		const [, symbol, colour] = lookOf(states, code);
		await check(`Side ${text}`, async () => {
			assert(text.startsWith(`${symbol} `));
			const rows = await rowsOf(panelOf('pair', 'Sides'), [
				[{side: 'primary', Value: code}, {side: 'secondary', Value: 1}],
				[{side: 'primary', ha_cloudspace_state_reason: 'no_capacity', Value: 1}],
				[{side: 'primary', Value: 3725}], [{side: 'primary', ha_cloudspace_phase: 'Ready', Value: 1}],
				[{side: 'primary', cloudspace: 'space-1', cloudspace_region: 'dfw', Value: 1}]]);
			assert.strictEqual(rows.length, 2);
			const row = rows.find(it => it.Side[0] === 'primary');
			assert.deepStrictEqual(Object.keys(row), ['Side', 'State', 'Reason', 'For', 'Phase in Spot', 'Cloudspace', 'Region']);
			assert.deepStrictEqual(row.State.slice(0, 2), [text, colour]);
			assert.deepStrictEqual([row.Reason[0], row.For[0]], ['no_capacity', '1 hour, 2 minutes']);
			const [frame] = applied(panelOf('pair', 'Sides over time'), series({primary: code}));
			assert.strictEqual(frame.fields[1].display(code).color, colour);
		});
	}
	await check('a firing alert: the colour of its priority, and its section of the runbook', async () => {
		for (const [priority, colour] of Object.entries({P0: 'bad', P1: 'bad', P2: 'wait', P3: 'blind'})) {
			const [row] = await rowsOf(panelOf('pair', 'Firing alerts'),
				[[{alertname: 'HACloudspaceDown', runbook: 'HACloudspaceDown', priority, side: 'primary', Value: 1}]]);
			assert.deepStrictEqual(row.Priority.slice(0, 2), [priority, colours[colour]]);
			assert.strictEqual(row.Alert[0], 'HACloudspaceDown');
			assert.match(row.Runbook[2], /runbook\.md#hacloudspacedown$/);
		}
	});
	for (const [title, steps] of Object.entries({
		'Utilization': {0.79: ['79%', 'good'], 0.8: ['80%', 'wait'], 0.91: ['91%', 'bad']},
		'Error budget left': {'-0.1': ['-10%', 'bad'], 0.1: ['10%', 'wait'], 0.3: ['30%', 'good']},
		'What remains: sides': {0: ['0', 'bad'], 1: ['1', 'wait'], 2: ['2', 'good']}})) {
		await check(`${title}: thresholds and unit`, () => Object.entries(steps).forEach(([value, [text, colour]]) =>
			assert.deepStrictEqual(shown(panelOf('pair', title), series({'': Number(value)})), [[text, colours[colour]]])));
	}
	await check('CPU is in cores', () => {
		const [frame] = applied(panelOf('pair', 'CPU'), series({'primary requested': 12.5}));
		assert.strictEqual(grafana.formattedValueToString(frame.fields[1].display(12.5)), '12.5 cores');
	});
	await check('In this status: how long, and since when', () => assert.deepStrictEqual(
		shown(panelOf('pair', 'In this status'), series({for: 3725, since: 1767225600000})).map(([text]) => text),
		['1 hour, 2 minutes', '2026-01-01 00:00:00']));
	await check('a credential keeps its pair and side', async () => {
		const one = {credential: 'kubeconfig', pair: 'prod', side: 'primary'};
		const [row] = await rowsOf(panelOf('monitor', 'Credentials'), [[{...one, Value: -60}], []]);
		assert.deepStrictEqual([row.Credential[0], row.Pair[0], row.Side[0], row['Ends in'][0], row['Ends in'][1]],
			['kubeconfig', 'prod', 'primary', '1 minute, 0 seconds ago', colours.bad]);
	});
	for (const [of, dashboard] of Object.entries(dashboards)) {
		await check(`${of}: no number without data is an empty box`, () => dashboard.panels
			.filter(panel => ['stat', 'bargauge'].includes(panel.type))
			.forEach(panel => Object.entries(NO_DATA).forEach(([what, data]) => shown(panel, data)
				.forEach(([text]) => assert(text.trim() !== '', `${panel.title}, ${what}`)))));
		await check(`${of}: each unit is one of Grafana's`, () => dashboard.panels
			.filter(panel => panel.fieldConfig).forEach(panel => {
				const units = [panel.fieldConfig.defaults.unit, ...panel.fieldConfig.overrides
					.flatMap(it => it.properties.filter(({id}) => id === 'unit').map(({value}) => value))];
				const known = grafana.getValueFormats().flatMap(group => group.submenu.map(({value}) => value));
				units.forEach(unit => assert(known.includes(unit) || /^suffix:[a-z]+$/.test(unit), `${panel.title}: ${unit}`));
			}));
	}
	console.log(`${passed} passed, ${failed} failed`);
	process.exitCode = failed ? 1 : 0;
};
main();
