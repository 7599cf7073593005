import { isSupportedNode, OLDEST_NODE } from '../../../node-version.ts';
import type { Check } from '../../finding.ts';
import type { FolderFacts } from '../../folder/facts.ts';

/** An image without a minor version is the newest one of its major. */
function isSupportedImage(image: string): boolean {
  return isSupportedNode(image.includes('.') ? image : `${image}.999`);
}

/** Node.js here, and in the images that start the application, must be one that can be instrumented. */
export const nodeVersion: Check<FolderFacts> = {
  name: 'node-version',
  find({ node, starts }) {
    const fix = `Use Node.js ${OLDEST_NODE} or newer.`;
    const images = starts.filter(({ image }) => image !== undefined && !isSupportedImage(image));
    return [
      ...(node.supported ? [] : [{ severity: 'problem', says: `Node.js ${node.version} is too old: nothing is traced.`, fix } as const]),
      ...[...new Set(images.map(({ place, image }) => `${place.file === 'package.json' ? 'The image' : place.file} has Node.js ${image}, which is too old: nothing is traced there.`))].map((says) => ({ severity: 'problem', says, fix }) as const),
    ];
  },
};
