const { InputError } = require('fiducial');
const { readModel } = require('fiducial/node');
const { points } = require('./points.js');
const { readFileSync } = require('node:fs');

async function main() {
  const refused = await readModel('absent.safetensors').catch((error) => error);
  if (!(refused instanceof InputError)) throw refused;
  console.log(await points(readFileSync('model.safetensors')));
}

main();
