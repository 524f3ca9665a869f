/** Arranges a graph beside the page, which goes on meanwhile. */
import type { Box, Line } from '../../document/layers'
import { tidy } from '../../document/tidy'

interface Question {
  boxes: Box[]
  lines: Line[]
}

addEventListener('message', ({ data }: MessageEvent<Question>) => {
  postMessage([...tidy(data.boxes, data.lines)])
})
