using System.Collections;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Streamz.Dataflow.Orleans.Functions;

/// <summary>Which fields of closures a function uses.</summary>
/// <remarks>
/// The compiler keeps what all the lambdas of a scope capture in one closure. Without this, a function could not travel because of what
/// another lambda near it captures. The code of the function is read, and that of everything generated that it refers to: lambdas in it,
/// local functions, state machines. What those refer to counts as used, whether it is reached or not; a field that is not among it can
/// be read by nobody.
/// </remarks>
internal sealed class UsedFields
{
    /// <summary>Generic local functions may call one another with ever more types.</summary>
    private const int MostMethods = 5000;

    private static readonly OpCode[] s_short = new OpCode[256];
    private static readonly OpCode[] s_long = new OpCode[256];

    private readonly Module _module;
    private readonly HashSet<int> _fields = [];
    private readonly HashSet<MethodBase> _seen = [];
    private readonly Queue<MethodBase> _methods = [];

    static UsedFields()
    {
        foreach (var field in typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            var code = (OpCode)field.GetValue(null)!;
            (code.Size == 1 ? s_short : s_long)[(byte)code.Value] = code;
        }
    }

    private UsedFields(Module module) => _module = module;

    /// <returns>The tokens of the fields; null if the code cannot be read, so that any may be used.</returns>
    public static HashSet<int>? Of(MethodInfo method)
    {
        try
        {
            var used = new UsedFields(method.Module);
            used.Visit(method);
            while (used._methods.TryDequeue(out var next) && used._seen.Count < MostMethods)
            {
                used.Read(next);
            }

            return used._seen.Count < MostMethods ? used._fields : null;
        }
        catch (Exception)
        {
            return null;
        }
    }

    private void Visit(MethodBase method)
    {
        if (_seen.Add(method))
        {
            _methods.Enqueue(method);
        }
    }

    private void Read(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        Type[] typeArguments = method.DeclaringType?.GetGenericArguments() ?? [];
        Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (var at = 0; at < code.Length;)
        {
            var operation = code[at++] is var first and not 0xFE ? s_short[first] : s_long[code[at++]];
            switch (operation.OperandType)
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineType or OperandType.InlineTok:
                    Visit(_module.ResolveMember(BitConverter.ToInt32(code, at), typeArguments, methodArguments));
                    at += sizeof(int);
                    break;

                case OperandType.InlineSwitch:
                    at += sizeof(int) * (1 + BitConverter.ToInt32(code, at));
                    break;

                default:
                    at += SizeOf(operation.OperandType);
                    break;
            }
        }
    }

    private void Visit(MemberInfo? member)
    {
        switch (member)
        {
            case FieldInfo field when field.Module == _module:
                _fields.Add(field.MetadataToken);
                Visit(field.DeclaringType);
                break;

            case MethodBase method:
                Visit(method.DeclaringType);

                // A state machine is started by a method of the framework that has its type as an argument.
                foreach (var argument in method.IsGenericMethod ? method.GetGenericArguments() : [])
                {
                    Visit(argument);
                }

                if (method.Module == _module && (IsGenerated(method) || (method.DeclaringType is { } declaring && IsGenerated(declaring))))
                {
                    Visit(method);
                }

                break;

            case Type type:
                Visit(type);
                break;
        }
    }

    /// <summary>Whoever makes a state machine has its methods run by others.</summary>
    private void Visit(Type? type)
    {
        if (type is null
            || type.Module != _module
            || !IsGenerated(type)
            || !(typeof(IAsyncStateMachine).IsAssignableFrom(type) || typeof(IEnumerator).IsAssignableFrom(type) || typeof(IEnumerable).IsAssignableFrom(type)))
        {
            return;
        }

        foreach (var method in type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        {
            Visit(method);
        }
    }

    private static bool IsGenerated(MemberInfo member) => member.Name.Contains('<', StringComparison.Ordinal);

    private static int SizeOf(OperandType operand) =>
        operand switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            _ => 4,
        };
}
