import type * as Hdf5 from 'h5wasm' with { 'resolution-mode': 'import' };

/**
 * HDF5's own library as WebAssembly. The build makes one file of it: its package would install the same three times.
 */
export const loadHdf5 = (): Promise<typeof Hdf5> => import('h5wasm');
