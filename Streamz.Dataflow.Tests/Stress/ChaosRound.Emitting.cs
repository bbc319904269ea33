using System.Collections.Concurrent;

namespace Streamz.Dataflow.Tests.Stress;

/// <summary>Emits in every way, and notes what it is told.</summary>
internal sealed partial class ChaosRound
{
    private readonly ConcurrentDictionary<Item, bool> _followed = new();
    private readonly ConcurrentDictionary<Item, DeliveryOutcome> _settled = new();

    private Task StartProducer(int producer) =>
        producer == 0 && _holdsThread
            ? Task.Factory.StartNew(() => Block(producer), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            : Task.Run(() => ProduceAsync(producer));

    private void Block(int producer)
    {
        var source = producer % _graph.Sources.Count;
        for (var number = 0; number < _perProducer; number++)
        {
            var item = new Item(source, producer, number);
            Count();
            try
            {
                _graph.Sources[source].Emit(item);
                _fates[item] = Fate.Accepted;
            }
            catch (Exception refused)
            {
                Refuse(item, refused);
            }
        }
    }

    private async Task ProduceAsync(int producer)
    {
        var random = new Random((_seed * Producers) + producer);
        var source = producer % _graph.Sources.Count;
        var pending = new List<Task>();
        for (var number = 0; number < _perProducer; number++)
        {
            var item = new Item(source, producer, number);
            Count();
            switch (random.Next(10))
            {
                case 0 or 1:
                    await EmitAsync(item, CancellationToken.None);
                    break;
                case 2:
                    pending.Add(EmitAsync(item, CancellationToken.None));
                    break;
                case 3 when !MayHold:
                    await DeliverAsync(item, CancellationToken.None);
                    break;
                case 3 or 4:
                    pending.Add(DeliverAsync(item, CancellationToken.None));
                    break;
                case 5:
                    pending.Add(CancelAsync(item, random.Next(4)));
                    break;
                case 6:
                    TryEmit(item);
                    break;
                case 7:
                    await FollowAsync(item, CancellationToken.None);
                    break;
                case 8:
                    pending.Add(FollowAsync(item, CancellationToken.None));
                    break;
                default:
                    await EmitAsync(item, CancellationToken.None);
                    await Task.Yield();
                    break;
            }
        }

        await Task.WhenAll(pending);
    }

    private void Count()
    {
        if (Interlocked.Increment(ref _emits) == _actAfter)
        {
            _act.TrySetResult();
        }
    }

    private async Task CancelAsync(Item item, int yields)
    {
        using var cancel = new CancellationTokenSource();
        var emit = (item.Number % 3) switch
        {
            0 => EmitAsync(item, cancel.Token),
            1 => FollowAsync(item, cancel.Token),
            _ => DeliverAsync(item, cancel.Token),
        };
        for (; yields > 0; yields--)
        {
            await Task.Yield();
        }

        await cancel.CancelAsync();
        await emit;
    }

    private async Task EmitAsync(Item item, CancellationToken cancellation)
    {
        try
        {
            await _graph.Sources[item.Source].EmitAsync(item, cancellation);
            _fates[item] = Fate.Accepted;
        }
        catch (Exception refused)
        {
            Refuse(item, refused);
        }
    }

    private void TryEmit(Item item)
    {
        try
        {
            _fates[item] = _graph.Sources[item.Source].TryEmit(item) ? Fate.Accepted : Fate.Refused;
        }
        catch (Exception refused)
        {
            Refuse(item, refused);
        }
    }

    private async Task FollowAsync(Item item, CancellationToken cancellation)
    {
        try
        {
            await _graph.Sources[item.Source].EmitAsync(item, delivery => Settle(item, delivery), cancellation);
            _fates[item] = Fate.Accepted;
            _followed[item] = true;
        }
        catch (Exception refused)
        {
            Refuse(item, refused);
        }
    }

    private void Settle(Item item, Delivery delivery)
    {
        if (!_settled.TryAdd(item, delivery.Outcome))
        {
            Break($"{item} was settled as {_settled[item]}, and then as {delivery}");
        }
        else if (delivery.Outcome == DeliveryOutcome.Delivered)
        {
            CheckArrived(item, "was told to be delivered");
        }
    }

    private async Task DeliverAsync(Item item, CancellationToken cancellation)
    {
        try
        {
            var outcome = await _graph.Sources[item.Source].DeliverAsync(item, cancellation);
            _fates[item] = outcome == DeliveryOutcome.Delivered ? Fate.Delivered : Fate.Dropped;
            if (outcome == DeliveryOutcome.Delivered)
            {
                CheckArrived(item, "was delivered");
            }
        }
        catch (ElementAbandonedException)
        {
            _fates[item] = Fate.Abandoned;
        }
        catch (NodeFailedException)
        {
            _fates[item] = Fate.Failed;
        }
        catch (Exception refused)
        {
            Refuse(item, refused);
        }
    }

    private void Refuse(Item item, Exception reason)
    {
        _fates[item] = Fate.Refused;
        if (reason is not (PipelineClosedException or NodeFailedException or OperationCanceledException))
        {
            Break($"the emit of {item} threw {reason}");
        }
    }
}
