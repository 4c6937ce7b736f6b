/** What seldom changes of a map's features, given by an element that shows nothing: Streamlit does not send an
 * element again that is the same as before. The other side is ui/components/map.py. */

import { recall, remember, type Named } from './memory';

export default function rememberNamed({ data }: { data: Named }): void {
  if (recall(data.key) === undefined) remember(data);
}
