namespace Streamz.Dataflow.Tests.Mqtt;

/// <summary>A sink whose messages a test waits for.</summary>
internal static class Arrival
{
    /// <summary>What a sink was given, once that is enough.</summary>
    public static (Action<MqttMessage> Add, Task<IReadOnlyList<MqttMessage>> All) Of(int count)
    {
        var all = new TaskCompletionSource<IReadOnlyList<MqttMessage>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrived = new List<MqttMessage>();
        return (Add, all.Task);

        void Add(MqttMessage message)
        {
            arrived.Add(message);
            if (arrived.Count == count)
            {
                all.SetResult([.. arrived]);
            }
        }
    }
}
