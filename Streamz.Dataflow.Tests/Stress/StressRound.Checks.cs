namespace Streamz.Dataflow.Tests.Stress;

/// <summary>What must hold when a round is over.</summary>
internal sealed partial class StressRound
{
    private void CheckIdle(List<Task> producers)
    {
        if (_graph.Holds || !producers.TrueForAll(producer => producer.IsCompleted) || _pipeline.Completion.IsCompleted)
        {
            return;
        }

        foreach (var (item, fate) in _fates)
        {
            if (fate == Fate.Accepted && !_faults.Failed.ContainsKey(item) && _faults.Kind == FaultKind.None)
            {
                CheckArrived(item, "was accepted and the pipeline is idle");
            }
        }
    }

    private void Check()
    {
        var failure = _pipeline.Completion.Exception?.InnerException;
        CheckEnd(failure);
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

            if (failure is null && fate is not Fate.Refused && !_faults.Failed.ContainsKey(item))
            {
                CheckArrived(item, $"was {fate} and the pipeline ended normally");
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
        }
    }

    private void CheckEnd(Exception? failure)
    {
        if (failure is NodeFailedException { InnerException: var inner } && (_faults.Kind == FaultKind.None || _faults.Skips))
        {
            Break($"the pipeline failed: {inner}");
        }
        else if (failure is PipelineAbortedException && _ending != Ending.StopRacing)
        {
            Break("the pipeline was aborted");
        }
        else if (failure is null && !_faults.Skips && !_faults.Failed.IsEmpty)
        {
            Break("a delegate failed, but the pipeline ended normally");
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

        if (!SpinWait.SpinUntil(() => _pipeline.Run.Activity.IsIdle, TimeSpan.FromSeconds(5)))
        {
            Break("the ended run is not idle");
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
    }

    private void CheckArrived(Item item, string state)
    {
        foreach (var sink in _graph.Sinks.Where(sink => sink.IsExact))
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
