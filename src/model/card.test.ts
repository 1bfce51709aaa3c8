import { expect, test } from 'vitest';
import { cardWith, type ModelCard } from './card.ts';

const card: ModelCard = { licence: 'MIT', notes: 'Of drawn faces.' };

test('what a person says stands in the card, the rest stays', () => {
  expect(cardWith(card, { licence: 'CC0' })).toEqual({ ...card, licence: 'CC0' });
  expect(cardWith(card, { notes: 'None.' })).toEqual({ ...card, notes: 'None.' });
  expect(cardWith(card, {})).toEqual(card);
});

test('a card of which nothing is known has no licence', () => {
  expect(cardWith(undefined, {})).toEqual({ licence: 'not given' });
  expect(cardWith(undefined, { licence: 'MIT' })).toEqual({ licence: 'MIT' });
});
