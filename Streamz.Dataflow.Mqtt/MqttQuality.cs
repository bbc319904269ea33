using MQTTnet.Protocol;

namespace Streamz.Dataflow;

/// <summary>Checks a quality of service at the call.</summary>
internal static class MqttQuality
{
    public static void Check(MqttQualityOfServiceLevel quality, string operatorName)
    {
        if (!Enum.IsDefined(quality))
        {
            throw new ArgumentOutOfRangeException(nameof(quality), quality, $"{operatorName} knows no such quality of service. Choose AtMostOnce, AtLeastOnce or ExactlyOnce.");
        }
    }
}
