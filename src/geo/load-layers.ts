import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { DerivedSource, LayerSource } from './build.ts';
import type { CheckedPlacesConfig, DerivedLayerConfig, LayerConfig } from './config.ts';
import { readGeoJson, readTable, readWktTable } from './geojson.ts';
import { IMAGE_FORMAT } from './index-image.ts';
import type { RawLayer } from './source.ts';
import { nameFeatures, placesError } from './source.ts';
import { readTopology, type Topology, topologyLayer } from './topojson.ts';

/** Edge: reads layer files from disk. Everything it finds is checked by the pure readers. */

/** Folder of the layers that ship with Parley. */
export const SHIPPED_LAYERS = fileURLToPath(new URL('./data/', import.meta.url));

const SHIPPED = 'shipped:';

/** Path of a layer file: in the shipped folder after `shipped:`, else relative to `folder`. */
function layerPath(folder: string, file: string): string {
  return file.startsWith(SHIPPED)
    ? resolve(SHIPPED_LAYERS, file.slice(SHIPPED.length))
    : resolve(folder, file);
}

/** Reads each file of a configuration once, and forgets it with this object. */
export class LayerReader {
  readonly #folder: string;
  readonly #topologies = new Map<string, Topology>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  read(config: LayerConfig): LayerSource {
    const where = `layer ${config.layer} (${config.file})`;
    const source = nameFeatures(this.#raw(config, where), config);
    return {
      config,
      source,
      derived: config.derived.map((derived) => this.#derived(derived, config, where)),
    };
  }

  #raw(config: LayerConfig, where: string): RawLayer {
    const name = config.file.replace(/\.gz$/, '');
    if (name.endsWith('.topo.json')) {
      if (config.object === undefined) throw placesError(where, 'needs `object:` for TopoJSON');
      return topologyLayer(this.#topology(config.file, where), config.object, where);
    }
    const text = this.#text(config.file, where);
    if (name.endsWith('.geojson')) return readGeoJson(parseJson(text, where), where);
    if (name.endsWith('.wkt.tsv')) return readWktTable(text, config.object, where);
    throw placesError(where, 'must be .topo.json, .geojson or .wkt.tsv, each also with .gz');
  }

  #topology(file: string, where: string): Topology {
    let topology = this.#topologies.get(file);
    if (!topology) {
      topology = readTopology(parseJson(this.#text(file, where), where), where);
      this.#topologies.set(file, topology);
    }
    return topology;
  }

  #derived(config: DerivedLayerConfig, base: LayerConfig, where: string): DerivedSource {
    let rows: DerivedSource['rows'] = null;
    if (config.table) {
      const at = `derived layer ${config.layer} (${config.table.file})`;
      const table = readTable(this.#text(config.table.file, at), at);
      for (const column of [config.table.key, config.id, config.name]) {
        if (table[0]?.[column] === undefined) throw placesError(at, `has no column ${column}`);
      }
      rows = new Map(table.map((row) => [row[config.table!.key]!, row]));
    }
    let properties: DerivedSource['properties'] = null;
    if (config.object !== undefined) {
      const layer = topologyLayer(this.#topology(base.file, where), config.object, where);
      properties = new Map(layer.features.map((each) => [String(each.id), each.properties]));
    }
    return { config, rows, properties };
  }

  #text(file: string, where: string): string {
    const bytes = readBytes(layerPath(this.#folder, file), where);
    try {
      return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    } catch (cause) {
      throw placesError(where, 'is broken: it cannot be unpacked; fetch it again', cause);
    }
  }
}

/** Digest of the declarations, the index format and the bytes of every file. */
export function placesVersion(config: CheckedPlacesConfig, folder: string): string {
  const hash = createHash('sha256').update(`${IMAGE_FORMAT} ${JSON.stringify(config.sets)}`);
  const files = new Map<string, string>();
  for (const layer of config.sets.flatMap((set) => set.layers)) {
    files.set(layer.file, `layer ${layer.layer}`);
    for (const { table } of layer.derived) if (table) files.set(table.file, `layer ${layer.layer}`);
  }
  for (const [file, layer] of files) {
    hash.update(file).update(readBytes(layerPath(folder, file), `${layer} (${file})`));
  }
  return `${config.name}-${hash.digest('hex').slice(0, 12)}`;
}

function readBytes(path: string, where: string): Buffer {
  try {
    const bytes = readFileSync(path);
    if (bytes.length === 0) throw placesError(where, `the file ${path} is empty`);
    return bytes;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw placesError(where, `there is no file ${path}; check \`file:\` and \`folder:\``, cause);
  }
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = (cause as Error).message.slice(0, 120);
    throw placesError(where, `is broken: not JSON (${reason})`, cause);
  }
}
