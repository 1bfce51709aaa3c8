import { recipes, synthesize, train, withSettings } from 'fiducial';
import { readModel, readTable, writeModel, writeTable } from 'fiducial/node';

await writeTable('faces.csv.gz', synthesize({ rows: 40, seed: 1, side: 24 }));
const settings = ['epochs=1', 'batch=16', 'rows=all', 'loss=maskedMeanSquaredError'];
const recipe = withSettings(recipes.net1, [...settings, 'layers.1.units=20']);
for await (const epoch of train(recipe, await readTable('faces.csv.gz'), { build: 'plain' })) {
  await writeModel('model.safetensors', await epoch.model());
}
const { schema } = await readModel('model.safetensors');
console.log(`${schema.points.length} points`);
