import { z } from 'zod';

/** The keys of one kind of a part, `kind` aside, in the order its grammar lists them, and their schemas. */
export type PartShape = Readonly<Record<string, z.ZodType>>;

function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}

const known = new WeakMap<z.ZodType, ReadonlyMap<string, PartShape>>();

function shapesByKind(schema: z.ZodType): ReadonlyMap<string, PartShape> {
  const union = unwrapped(schema);
  const found = known.get(union) ?? new Map((union instanceof z.ZodDiscriminatedUnion ? union.options : []).flatMap((option) => {
    if (!(option instanceof z.ZodObject)) return [];
    const { kind, ...shape } = option.shape as Record<string, z.ZodType>;
    const word = kind && unwrapped(kind);
    return word instanceof z.ZodLiteral ? [[String(word.value), shape] as const] : [];
  }));
  known.set(union, found);
  return found;
}

/** The shape of one kind in a union of parts such as `samplerSchema`; empty for a kind the schema does not have, and for other schemas. */
export function partShape(schema: z.ZodType, kind: string): PartShape {
  return shapesByKind(schema).get(kind) ?? {};
}
