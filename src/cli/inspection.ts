import { layerRows } from '../nn/layer-rows.ts';
import { sizeOf } from '../nn/network.ts';
import type { InspectedFile } from '../node/inspect-file.ts';
import { count, modelText, named } from './model-text.ts';
import { textTable } from './text-table.ts';

/** Longest metadata in a line of text; JSON has all of it. */
const LONGEST = 100;

const dtypesOf = ({ header }: InspectedFile): string[] => [
  ...new Set(header.tensors.map(({ dtype }) => dtype)),
];

/** A file as one object: a model of ours with all that it says, of others the tensors and metadata. */
export function inspectionJson(inspected: InspectedFile): object {
  const { file, bytes, checksum, header, model } = inspected;
  const place = { file, bytes, checksum, dtypes: dtypesOf(inspected) };
  if (!model) {
    const tensors = header.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
    return { ...place, tensors, metadata: header.metadata };
  }
  const { network, parameters: _, meanPoints, ...said } = model;
  return {
    ...place,
    ...said,
    meanPoints: meanPoints && [...meanPoints],
    layers: layerRows(network),
  };
}

/** The same for people. */
export function inspectionText(inspected: InspectedFile): string {
  const { file, bytes, checksum, header, model } = inspected;
  const place = named([
    ['size', `${count(bytes)} bytes`],
    ['numbers', dtypesOf(inspected).map(dtypeText).join(', ')],
    ['checksum', checksum && `${checksum}, as it should be`],
  ]);
  if (model) return `${file}: a model of fiducial\n${place}\n${modelText(model)}`;
  const metadata = Object.entries(header.metadata).map(([key, text]): [string, string] => [
    key,
    text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text,
  ]);
  const tensors = textTable(
    ['tensor', 'type', 'shape', 'values'],
    header.tensors.map(({ name, dtype, shape }) => [
      name,
      dtype,
      shape.join(' x '),
      String(sizeOf(shape)),
    ]),
  );
  const total = header.tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const parts = [
    `${file}: a safetensors file\n${place}`,
    metadata.length > 0 ? `Metadata\n${named(metadata)}` : 'No metadata\n',
    `${tensors.join('\n')}\n${count(header.tensors.length)} tensors, ${count(total)} values\n`,
  ];
  return parts.join('\n');
}

const dtypeText = (dtype: string): string =>
  ({ F32: 'float32', F16: 'float16', BF16: 'bfloat16', F64: 'float64' })[dtype] ?? dtype;
