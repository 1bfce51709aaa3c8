/**
 * The hello world of neural networks: a small one learns to read handwritten digits.
 *
 * Nothing is hidden in a "fit" here; the loop that trains stands below as it is.
 */
import {
  adam,
  CompiledNetwork,
  conv2d,
  dense,
  dropout,
  Engine,
  flatten,
  initialise,
  type LoadedData,
  maxPool2d,
  network,
  RELU_GAIN,
  randomStream,
  relu,
  softmaxCrossEntropy,
} from 'fiducial';
import { drawDigits, readDigits } from './digits.ts';

// What is worth turning, in one place.
const EPOCHS = 3;
const BATCH = 100;
const LEARNING_RATE = 0.001;
const SEED = 0;

// 1. The network, with what a picture has become after each line.
const net = network(
  [1, 28, 28],
  [
    ...[conv2d(16, 3), relu(), maxPool2d()], // 16 maps of 13 x 13
    ...[conv2d(32, 4), relu(), maxPool2d()], // 32 maps of 5 x 5
    flatten(), // 800 values
    ...[dense(128), relu(), dropout(0.5)],
    dense(10), // a score for each digit; the highest is the answer
  ],
);
const engine = await Engine.start();
const model = await CompiledNetwork.create(engine, net, {
  batch: BATCH,
  loss: softmaxCrossEntropy(),
  rule: adam(),
  seed: SEED,
});
await model.setParameters(initialise(net, { seed: SEED, gain: RELU_GAIN }));

// 2. The digits. 50,000 are learnt from; 10,000 tell after each epoch how it goes; another 10,000, by
// other writers, are kept for the end. Digits by which somebody chose when to stop are no longer unseen.
const digits = readDigits('train');
const unseen = readDigits('t10k');
const data = await model.load(digits.images, digits.classes);
const TRAIN_ROWS = 50_000;
const validRows = rowsBetween(TRAIN_ROWS, 60_000);

// 3. The loop. An epoch shows every training digit once, in a new order, a batch at a time; after each
// batch every weight takes a small step that makes the batch's loss smaller.
for (let epoch = 1; epoch <= EPOCHS; epoch++) {
  const start = performance.now();
  const order = randomStream(SEED, `epoch ${epoch}`).permutation(TRAIN_ROWS);
  let loss = 0;
  for (let first = 0; first < TRAIN_ROWS; first += BATCH) {
    const batch = order.subarray(first, first + BATCH);
    const [batchLoss] = await model.train(data, [
      { order: batch, learningRate: LEARNING_RATE, momentum: 0 },
    ]);
    loss += batchLoss!.sum / TRAIN_ROWS;
  }
  const wrong = await mistakes(data, validRows, digits.classes);
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `epoch ${epoch}: training loss ${loss.toFixed(4)}, ` +
      `validation accuracy ${percent(1 - wrong.length / validRows.length)}, ${seconds.toFixed(1)} s`,
  );
}

// 4. The digits that it has never seen, and some that it gets wrong.
const testRows = rowsBetween(0, 10_000);
const wrong = await mistakes(await model.load(unseen.images), testRows, unseen.classes);
console.log(
  `\naccuracy on digits never seen before: ${percent(1 - wrong.length / testRows.length)}`,
);
console.log(`some of the ${wrong.length} mistakes:\n`);
const captioned = wrong
  .slice(0, 3)
  .map(({ row, answer }) => ({ row, caption: `a ${unseen.classes[row]}, read as ${answer}` }));
console.log(drawDigits(unseen.images, captioned));
await engine.close();

/** The rows for which the digit with the highest score is not the right one. */
async function mistakes(
  data: LoadedData,
  rows: Uint32Array,
  classes: Float32Array,
): Promise<{ row: number; answer: number }[]> {
  const scores = await model.predict(data, rows);
  return Array.from(rows, (row, i) => {
    const ofRow = scores.subarray(10 * i, 10 * (i + 1));
    return { row, answer: ofRow.indexOf(Math.max(...ofRow)) };
  }).filter(({ row, answer }) => answer !== classes[row]);
}

/** The row numbers from `start` to `end` - 1. */
function rowsBetween(start: number, end: number): Uint32Array {
  return Uint32Array.from({ length: end - start }, (_, i) => start + i);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
