/** Every table and view as TypeORM sees it. */
export const entities = [] as const;
