using System.Collections.Concurrent;

namespace Streamz.Dataflow.Tests.Stress;

/// <summary>Edits the graph while elements flow.</summary>
internal sealed partial class ChaosRound
{
    private readonly ConcurrentQueue<string> _made = [];

    private string Edits() => string.Join('\n', _made.Select(edit => $"  {edit}"));

    private async Task EditAsync(int editor)
    {
        var random = new Random((_seed * Editors) + editor);
        for (var edits = _edits; edits > 0 && !_pipeline.Completion.IsCompleted; edits--)
        {
            for (var yields = random.Next(60); yields > 0; yields--)
            {
                await Task.Yield();
            }

            // A paused part may hold up one in front of it, which can then not come to a stand.
            var deadline = random.Next(8) == 0 ? TimeSpan.Zero : _mayPause ? TimeSpan.FromMilliseconds(random.Next(1, 40)) : Timeout.InfiniteTimeSpan;
            if (await TryEditAsync(random, deadline) is { Paused: { } paused } made)
            {
                for (var yields = random.Next(100); yields > 0; yields--)
                {
                    await Task.Yield();
                }

                await ResumeAsync(paused, made.IsThere);
            }
        }
    }

    private async Task<GraphEdit?> TryEditAsync(Random random, TimeSpan deadline)
    {
        GraphEdit? made = null;
        using var givenUp = new CancellationTokenSource();
        try
        {
            var edit = _pipeline.EditAsync(changed => made = _graph.Describe(changed, _mayPause), deadline, givenUp.Token);
            if (random.Next(6) == 0)
            {
                await Task.Yield();
                await givenUp.CancelAsync();
            }

            await edit;
            _graph.Commit(made!);
            _made.Enqueue($"{made!.Text}");
            return made;
        }
        catch (Exception reason)
        {
            if (made is not null)
            {
                _graph.TakeBack(made);
            }

            _made.Enqueue($"not made: {made?.Text}: {reason.GetType().Name} {reason.Message}");
            if (!IsExpected(reason))
            {
                Break($"the edit '{made?.Text}' threw {reason}");
            }

            return null;
        }
    }

    private static bool IsExpected(Exception reason) => reason switch
    {
        TimeoutException => reason.Message.StartsWith("The edit", StringComparison.Ordinal),
        PipelineValidationException invalid => invalid.Errors.All(error => error.EndsWith("has ended.", StringComparison.Ordinal)),
        PipelineClosedException or NodeFailedException or OperationCanceledException => true,
        _ => false,
    };

    private async Task ResumeAsync(IStream paused, Func<bool> isThere)
    {
        // Though it may be about to be taken out: that edit may be given up.
        while (!_pipeline.Completion.IsCompleted)
        {
            try
            {
                await _pipeline.EditAsync(edit => edit.Resume(paused), TimeSpan.FromMilliseconds(20));
                return;
            }
            catch (TimeoutException)
            {
            }
            catch (ArgumentException) when (!isThere())
            {
                return;
            }
            catch (Exception reason) when (IsExpected(reason))
            {
                return;
            }
        }
    }
}
