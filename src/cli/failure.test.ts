import { CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { InputError } from '../errors.ts';
import { reportFailure } from './failure.ts';

describe('reportFailure', () => {
  let printed: string;
  beforeEach(() => {
    printed = '';
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      printed += text;
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('a mistake of the person: message and advice, no stack, 1', () => {
    expect(reportFailure(new InputError('a.csv: the file is empty', 'Export it again.'))).toBe(1);
    expect(printed).toBe('error: a.csv: the file is empty\nExport it again.\n');
  });

  test('without advice there is no second line', () => {
    reportFailure(new InputError('a.csv: the file is empty'));
    expect(printed).toBe('error: a.csv: the file is empty\n');
  });

  test('what commander has printed already: 2, or 0 where it was asked for', () => {
    expect(reportFailure(new CommanderError(1, 'commander.unknownOption', 'x'))).toBe(2);
    expect(reportFailure(new CommanderError(0, 'commander.helpDisplayed', 'x'))).toBe(0);
    expect(printed).toBe('');
  });

  test('a bug: stack trace and a request to report it, 70', () => {
    const bug = new TypeError('undefined is not a function');
    expect(reportFailure(bug)).toBe(70);
    expect(printed).toContain(bug.stack);
    expect(printed).toMatch(/This is a bug in fiducial \d+\.\d+\.\d+, .*Please report it/);
  });

  test('whatever is thrown is shown', () => {
    expect(reportFailure('a text')).toBe(70);
    expect(printed).toMatch(/^a text\n/);
  });
});
