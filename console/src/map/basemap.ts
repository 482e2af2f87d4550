/** The basemap: land and lines from files of our own, in the colours of the theme (console/basemap/SOURCE.md). */

import type { FeatureCollection } from "geojson";
import type { GeoJSONSourceSpecification, StyleSpecification } from "maplibre-gl";
import bordersFile from "../../basemap/borders.geojson?url";
import landFile from "../../basemap/land.geojson?url";
import type { Area, Position } from "../api/types";
import { colour } from "../frame/theme.svelte";

const absolute = (file: string): string => new URL(file, location.href).href;
type Ring = [number, number][];

/** Return the areas as GeoJSON, whose rings end where they begin. */
export function areaShapes(areas: Area[]): FeatureCollection {
  const point = (place: Position): [number, number] => [place.longitude, place.latitude];
  const closed = (ring: Ring): Ring => (ring[0] ? [...ring, ring[0]] : ring);
  return {
    type: "FeatureCollection",
    features: areas.map((area) => ({
      type: "Feature",
      properties: { name: area.name },
      geometry: {
        type: "MultiPolygon",
        coordinates: area.polygons.map((polygon) => polygon.map((ring) => closed(ring.map(point)))),
      },
    })),
  };
}

const geojson = (data: string | FeatureCollection): GeoJSONSourceSpecification => ({
  type: "geojson",
  data: typeof data === "string" ? absolute(data) : data,
});

/** Return the map's style in the colours that are on now. */
export function basemap(areas: Area[]): StyleSpecification {
  const line = (id: string, status: string, width: number, dash?: number[]) => ({
    id,
    type: "line" as const,
    source: "borders",
    filter: ["==", ["get", "status"], status] as ["==", ["get", string], string],
    paint: { "line-color": colour("border"), "line-width": width, ...(dash ? { "line-dasharray": dash } : {}) },
  });
  return {
    version: 8,
    sources: { land: geojson(landFile), borders: geojson(bordersFile), areas: geojson(areaShapes(areas)) },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": colour("sea") } },
      { id: "land", type: "fill", source: "land", paint: { "fill-color": colour("land"), "fill-antialias": false } },
      { id: "coast", type: "line", source: "land", paint: { "line-color": colour("coast"), "line-width": 0.8 } },
      line("borders", "land", 1),
      line("maritime", "maritime", 0.8, [4, 4]),
      line("disputed", "disputed", 1.2, [1.5, 2.5]),
      {
        id: "areas",
        type: "line",
        source: "areas",
        paint: { "line-color": colour("area"), "line-width": 1, "line-dasharray": [1, 3] },
      },
    ],
  };
}
