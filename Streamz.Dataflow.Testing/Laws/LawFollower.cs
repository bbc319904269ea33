namespace Streamz.Dataflow.Testing;

/// <summary>Notes what it is told of the elements of one run, and what it should not have been told.</summary>
internal sealed class LawFollower : IDeliveryObserver
{
    private readonly Lock _gate = new();
    private readonly List<Followed> _elements = [];

    /// <summary>The outcomes with which elements were released.</summary>
    public IReadOnlyList<DeliveryOutcome> Released
    {
        get
        {
            lock (_gate)
            {
                return [.. _elements.SelectMany(element => element.Released)];
            }
        }
    }

    /// <summary>Emits an element that is followed.</summary>
    public void Emit<T>(StreamSource<T> source, T value)
    {
        lock (_gate)
        {
            var element = new Followed();
            _elements.Add(element);
            element.Emit = source.Enter().EmitAsync(value, new Numbered(this, _elements.Count - 1), CancellationToken.None).AsTask();
        }
    }

    public Task WhenAllEmittedAsync()
    {
        lock (_gate)
        {
            return Task.WhenAll(_elements.Select(element => element.Emit));
        }
    }

    /// <summary>Finds an element that was not told of as it should be, once the run is over.</summary>
    public string? FindViolation()
    {
        lock (_gate)
        {
            for (var i = 0; i < _elements.Count; i++)
            {
                var element = _elements[i];
                var expected = element.Emit.IsCompletedSuccessfully ? 1 : 0;
                if (element.Delivered.Count != expected || element.Released.Count != expected || element.IsOutOfOrder)
                {
                    return $"element {i} was {(expected == 1 ? "accepted" : "refused")}, told to be delivered ({string.Join(", ", element.Delivered)}) and released ({string.Join(", ", element.Released)}){(element.IsOutOfOrder ? ", in the wrong order" : "")}.";
                }
            }

            return null;
        }
    }

    public void OnDelivered(long position, Delivery delivery)
    {
        lock (_gate)
        {
            _elements[(int)position].Delivered.Add(delivery.Outcome);
        }
    }

    public void OnReleased(long position, Delivery delivery)
    {
        lock (_gate)
        {
            var element = _elements[(int)position];
            element.IsOutOfOrder |= element.Delivered.Count == 0;
            element.Released.Add(delivery.Outcome);
        }
    }

    /// <summary>Gives what a user's emit is told the number that a source would have emitted it with.</summary>
    private sealed class Numbered(LawFollower follower, long number) : IDeliveryObserver
    {
        public void OnDelivered(long position, Delivery delivery) => follower.OnDelivered(number, delivery);

        public void OnReleased(long position, Delivery delivery) => follower.OnReleased(number, delivery);
    }

    private sealed class Followed
    {
        public Task Emit { get; set; } = Task.CompletedTask;

        public List<DeliveryOutcome> Delivered { get; } = [];

        public List<DeliveryOutcome> Released { get; } = [];

        public bool IsOutOfOrder { get; set; }
    }
}
