namespace Streamz.Dataflow.Tests.Stress;

/// <summary>What must hold when a round is over.</summary>
internal sealed partial class ChaosRound
{
    private void CheckIdle()
    {
        if (_graph.Holds || _pipeline.Completion.IsCompleted)
        {
            return;
        }

        foreach (var (item, fate) in _fates)
        {
            if (fate == Fate.Accepted)
            {
                CheckArrived(item, "was accepted and the pipeline is idle");
            }
        }
    }

    private void Check()
    {
        var failure = _pipeline.Completion.Exception?.InnerException;
        CheckEnd(failure);
        CheckSettlements();
        foreach (var (item, fate) in _fates)
        {
            foreach (var sink in _graph.Sinks)
            {
                var count = sink.CountOf(item);
                if (fate == Fate.Refused && count > 0)
                {
                    Break($"{item} was refused, but arrived at sink {sink.Number}");
                }
                else if (count > sink.Expected(item))
                {
                    Break($"{item} arrived {count} times at sink {sink.Number} instead of {sink.Expected(item)}");
                }
            }

            if (failure is null && fate is not Fate.Refused)
            {
                CheckArrived(item, $"was {fate} and the pipeline ended normally");
                CheckOutcome(item, fate);
            }
        }

        foreach (var sink in _graph.Sinks.Where(sink => sink.IsOrdered))
        {
            var last = new Dictionary<int, int>();
            foreach (var item in sink.Items())
            {
                if (last.TryGetValue(item.Producer, out var before) && item.Number <= before)
                {
                    Break($"{item} arrived behind number {before} at sink {sink.Number}");
                }

                last[item.Producer] = item.Number;
            }
        }

        CheckCounts();
        if (failure is null)
        {
            CheckConservation();
            CheckStretches();
        }
    }

    private void CheckEnd(Exception? failure)
    {
        if (failure is NodeFailedException && !_faults.HasStopped)
        {
            Break($"the pipeline failed: {failure}");
        }
        else if (failure is PipelineAbortedException && _ending is not (Ending.StopRacing or Ending.AbortRacing))
        {
            Break("the pipeline was aborted");
        }
        else if (failure is null && _faults.HasStopped)
        {
            Break("a delegate failed, but the pipeline ended normally");
        }
    }

    /// <summary>Each accepted element that somebody follows was settled, and none that was not accepted; twice is found at once.</summary>
    private void CheckSettlements()
    {
        foreach (var item in _followed.Keys)
        {
            if (!_settled.TryGetValue(item, out var outcome))
            {
                Break($"{item} was accepted, and never settled");
                continue;
            }

            _fates[item] = outcome switch
            {
                DeliveryOutcome.Delivered => Fate.Delivered,
                DeliveryOutcome.Dropped => Fate.Dropped,
                DeliveryOutcome.Abandoned => Fate.Abandoned,
                _ => Fate.Failed,
            };
        }

        foreach (var item in _settled.Keys.Where(item => !_followed.ContainsKey(item)))
        {
            Break($"{item} was not accepted, but settled as {_settled[item]}");
        }
    }

    private void CheckOutcome(Item item, Fate fate)
    {
        // What ends early keeps nodes in front of it from seeing all that comes.
        var isSkipped = !_graph.Drops && _graph.Skipped.Exists(node => node.IsExact && node.Count(item) > 0);
        var mayBeSkipped = _graph.Drops || _graph.Merges || _graph.Skipped.Exists(node => node.Count(item) > 0);
        if (fate is Fate.Abandoned or Fate.Failed || (fate == Fate.Delivered && isSkipped) || (fate == Fate.Dropped && !mayBeSkipped))
        {
            Break($"{item} was {fate} though the pipeline ended normally and {(isSkipped ? "a policy skips it" : mayBeSkipped ? "it may be dropped" : "nothing drops it")}");
        }
    }

    private void CheckCounts()
    {
        var accepted = _pipeline.GetSnapshot().Nodes.Where(node => node.Label == "source").Sum(node => node.Received);
        var certain = _fates.Values.Count(fate => fate is not (Fate.Refused or Fate.Failed));
        var failed = _fates.Values.Count(fate => fate == Fate.Failed);
        if (_fates.Count != Producers * _perProducer || accepted < certain || accepted > certain + failed)
        {
            Break($"accepted {accepted}, but {certain} were accepted or settled and {failed} failed, of {_fates.Count}");
        }

        if (_pipeline.Run.Ports.Exists(port => port.Waiting > 0))
        {
            Break("somebody waits at a port");
        }

        CheckLeft("activity", () => _pipeline.Run.Activity.IsIdle);
        CheckLeft("a timer", () => _clock.Alive == 0);
        CheckLeft("a delegate", () => _faults.Nodes.All(node => node.Running == 0));
        CheckLeft("a segment", () => _pipeline.Run.Segments.All(segment => segment.Completion.IsCompleted));
        CheckLeft("a source", () => _pipeline.Run.Drivers.All(driver => driver.Completion.IsCompleted));
        CheckLeft("an open port", () => _pipeline.Run.Ports.All(port => port.HasEnded || port.IsInternal));
    }

    private void CheckLeft(string what, Func<bool> isOver)
    {
        if (!SpinWait.SpinUntil(isOver, TimeSpan.FromSeconds(5)))
        {
            Break($"{what} is left of a run that has ended");
        }
    }

    /// <summary>What an operator that loses elements has received it has given or counted as dropped, whoever ended first.</summary>
    private void CheckConservation()
    {
        foreach (var node in _pipeline.GetSnapshot().Nodes)
        {
            if (_graph.Given.TryGetValue(node.Name, out var given) && node.Received != given.Value + node.Dropped + node.Abandoned)
            {
                Break($"{node.Name} received {node.Received}, gave {given.Value}, dropped {node.Dropped}, abandoned {node.Abandoned}");
            }
        }

        var nodes = _pipeline.GetSnapshot().Nodes.ToLookup(node => node.Name);
        foreach (var faults in _faults.Nodes)
        {
            foreach (var node in nodes[$"node {faults.Number}"])
            {
                var lettered = faults.End == FaultEnd.Letter ? node.DeadLettered : 0;
                var isWhole = node.Failed == faults.GaveUp && node.Retried == faults.Failures - node.Failed && node.Failed == lettered + node.Dropped;

                // Where nobody wants more, an element is dropped, whether it fails or not.
                var isPart = node.Retried <= faults.Failures - node.Failed && node.Failed <= lettered + node.Dropped;
                if (node.Abandoned > 0 || !(isWhole || (_graph.Drops && isPart)))
                {
                    Break($"{node}: {faults.GaveUp} given up, {faults.Failures} calls failed");
                }
            }
        }
    }

    /// <summary>A branch that an edit has added sees all elements from then on, until it is taken away.</summary>
    private void CheckStretches()
    {
        var accepted = _fates.Where(each => each.Value != Fate.Refused).Select(each => each.Key).ToLookup(item => item.Producer);
        foreach (var (seen, owner) in _graph.Added.Where(added => added.Seen is { IsOrdered: true, IsExact: true }))
        {
            foreach (var stretch in seen.Items().Where(item => item.Source >= 0).GroupBy(item => item.Producer))
            {
                var first = stretch.First().Number;
                var expected = accepted[stretch.Key].Where(item => item.Number >= first).OrderBy(item => item.Number)
                    .SelectMany(item => Enumerable.Repeat(item, seen.Expected(item))).ToList();
                if (!stretch.SequenceEqual(owner.IsGone ? expected.Take(stretch.Count()) : expected))
                {
                    Break($"sink {seen.Number}, which an edit has added, saw {string.Join(' ', stretch)} instead of {string.Join(' ', expected.Select(item => $"{item} ({_fates[item]})"))}");
                }
            }
        }
    }

    private void CheckArrived(Item item, string state)
    {
        foreach (var sink in _graph.Sinks.Where(sink => sink is { IsExact: true, IsPart: false }))
        {
            if (sink.CountOf(item) != sink.Expected(item))
            {
                Break($"{item} {state}, but arrived {sink.CountOf(item)} times at sink {sink.Number} instead of {sink.Expected(item)}");
            }
        }
    }

    private void Break(string law)
    {
        lock (_brokenGate)
        {
            _broken.Add(law);
        }
    }
}
