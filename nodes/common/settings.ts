/** A number from the editor, where fields hold strings: undefined for an empty one, NaN for what is no number. */
export function numberSetting(value: string | number | undefined): number | undefined {
  return value === undefined || value === '' ? undefined : Number(value);
}
