import { readFile } from 'node:fs/promises';
import { points } from './points.js';

console.log(await points(await readFile('model.safetensors')));
