// What every peer's run is made of: the documents, the stages that are timed, and how a run tells its figures.
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'

// Fields that somebody changes on 2,000 cases meanwhile, and on 500 here.
const changed = (doc, stamp) => ({ ...doc, description: `${stamp} ${doc.description}`.slice(0, 300), status: 'in_progress', priority: 'high' })

export const CHANGED = 2000
export const EDITED = 500

export function documents(file) {
  return readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line))
}

// A server that costs nothing: all in memory, numbered as it came; it keeps what is pushed and judges nothing.
export class FreeServer {
  constructor(docs) {
    this.log = docs
  }

  after(number, most) {
    const documents = this.log.slice(number, number + most)
    return { documents, checkpoint: { number: number + documents.length } }
  }

  change(stamp) {
    const touched = this.log.slice(0, CHANGED).map((doc) => changed(doc, stamp))
    this.log = this.log.concat(touched)
  }

  take(docs) {
    this.log = this.log.concat(docs)
  }
}

export const edited = (docs) => docs.slice(-EDITED).map((doc) => changed(doc, 'here'))

// In MB. The process's own high-water mark: what the system counts for a child begins with its parent's.
function mostMemory() {
  const status = readFileSync('/proc/self/status', 'utf8')
  return Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / 1024
}

export async function timed(work) {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

export function tell(figures) {
  const used = process.resourceUsage()
  process.stdout.write(JSON.stringify({ ...figures, cpu: (used.userCPUTime + used.systemCPUTime) / 1e6, rss: mostMemory() }) + '\n')
}
