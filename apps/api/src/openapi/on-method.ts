/** Applies a method decorator from within the decorator of one of the method's parameters. */
export function onMethod(decorate: MethodDecorator, target: object, key: string | symbol | undefined): void {
  const descriptor = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
  if (key !== undefined && descriptor !== undefined) decorate(target, key, descriptor);
}
