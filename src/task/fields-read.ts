import { isListable } from '../event/codec.ts';
import type { Expression, FieldsRead, Template } from '../expression/expression.ts';
import type { Emission, PatternDefinition, Step } from '../pattern/definition.ts';
import { walkSteps } from '../pattern/rules.ts';
import type { Condition, SegmentDefinition } from '../pattern/segment-definition.ts';

/**
 * Which fields of an event a definition can ever look at: all that has to travel with it to the keyed
 * topics. Conservative: what is read of any event counts for every type.
 */
export function fieldsRead(definition: PatternDefinition | SegmentDefinition): FieldsRead {
  const found = new Fields();
  // Carried by evidence into what is emitted.
  found.add('recipient_id', 'language');
  if (definition.key !== null) found.add(definition.key);
  if (definition.kind === 'segment') ofCondition(definition.member, found);
  else ofPattern(definition, found);
  return found.result();
}

/** Of several definitions together. */
export function unionOf(all: readonly FieldsRead[]): FieldsRead {
  const found = new Fields();
  for (const fields of all) found.read(fields);
  return found.result();
}

class Fields {
  readonly #names = new Set<string>();
  #whole = false;

  add(...names: string[]): void {
    for (const name of names) this.#names.add(name);
  }

  read(fields: FieldsRead): void {
    if (fields === '*') this.#whole = true;
    else this.add(...fields);
  }

  expression(expression: Expression | null): void {
    if (expression === null) return;
    this.read(expression.eventFields);
    for (const fields of expression.captureFields.values()) this.read(fields);
  }

  template(template: Template | null): void {
    for (const fields of template?.captureFields.values() ?? []) this.read(fields);
  }

  result(): FieldsRead {
    const names = [...this.#names];
    return this.#whole || !names.every(isListable) ? '*' : names.toSorted();
  }
}

function ofPattern({ steps, emit, timeout }: PatternDefinition, found: Fields): void {
  walkSteps(steps, (step: Step) => {
    if (step.kind === 'on') found.expression(step.where);
    if (step.distinct !== null) found.add(step.distinct);
    if (step.until?.kind === 'condition') found.expression(step.until.where);
  });
  for (const emission of [...emit, ...timeout]) ofEmission(emission, found);
}

function ofEmission(emission: Emission, found: Fields): void {
  const { key, recipient, locale, data, atMost, quietHours } = emission;
  for (const template of [key, recipient, locale, ...Object.values(data)]) found.template(template);
  found.template(atMost?.by ?? null);
  found.template(quietHours?.zone ?? null);
}

function ofCondition(condition: Condition, found: Fields): void {
  switch (condition.kind) {
    case 'all':
    case 'any':
      for (const part of condition.of) ofCondition(part, found);
      break;
    case 'not':
      ofCondition(condition.of, found);
      break;
    case 'segment':
      break;
    case 'latest':
      found.expression(condition.of.where);
      found.expression(condition.holds);
      found.add(...condition.fields);
      break;
    case 'sum':
    case 'distinct':
      found.expression(condition.of.where);
      found.add(condition.field);
      break;
    case 'count':
      found.expression(condition.of.where);
      break;
  }
}
